# Completion of lenscap(1) for bash.
_lenscap() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= option= candidate
  [ "$COMP_CWORD" -gt 1 ] && command=${COMP_WORDS[1]}
  # bash makes "--fail-on=me" three words.
  if [ "$word" = = ]; then
    word= option=$before
  elif [ "$before" = = ]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $before == -?* ]]; then
    option=$before
  fi
  local found
  found=$(sh '@folder@/candidates' "${COMP_WORDS[0]}" "$command" "$option" 2>/dev/null)
  # The option before takes no value: the next option or argument.
  [ -n "$found" ] || found=$(sh '@folder@/candidates' "${COMP_WORDS[0]}" "$command" 2>/dev/null)
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    case $candidate in
      @files) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word") && compopt -o filenames ;;
      @folders) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word") && compopt -o filenames ;;
      "$word"*) COMPREPLY+=("$candidate") ;;
    esac
  done <<<"$found"
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -F _lenscap lenscap
