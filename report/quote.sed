# One C string literal for each line of a text file.
s/\\/\\\\/g
s/"/\\"/g
s/.*/"&\\n"/
