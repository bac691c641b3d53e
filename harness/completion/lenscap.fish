# Completion of lenscap(1) for fish.
function __lenscap_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command ''
    set -l option ''
    set -l front ''
    set -q words[2]; and set command $words[2]
    if string match -q -- '--*=*' $current
        set option (string split -m 1 = -- $current)[1]
        set front $option=
    else if string match -q -- '-?*' $words[-1]
        set option $words[-1]
    end
    set -l found (sh '@folder@/candidates' $words[1] "$command" "$option" 2>/dev/null)
    # The option before takes no value: the next option or argument.
    test (count $found) -gt 0; or set found (sh '@folder@/candidates' $words[1] "$command" 2>/dev/null)
    set -l typed (string replace -- "$front" '' $current)
    set -l candidates
    for line in $found
        switch $line
            case @files
                set -a candidates (__fish_complete_path $typed)
            case @folders
                set -a candidates (__fish_complete_directories $typed '')
            case '*'
                set -a candidates $line
        end
    end
    printf '%s\n' $front$candidates
end
complete -c lenscap -f -a '(__lenscap_candidates)'
