# SPDX-License-Identifier: Apache-2.0
# bash completion out of --help: awk -v program=NAME -f completion.awk < the help of the program and of its commands.
# Lines "  --option ..." name options, lines "  word  text" commands.
/^  --[a-z]/ { word = $1; if (!seen[word]++) words = words " " word }
/^  [a-z]+  / { if (!seen[$1]++) words = words " " $1 }
END {
	printf "# bash completion of %s, made from its --help\n", program
	printf "_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n", gensub_name(program)
	printf "\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n}\n", substr(words, 2)
	printf "complete -o default -F _%s %s\n", gensub_name(program), program
}
function gensub_name(s) { gsub(/-/, "_", s); return s }
