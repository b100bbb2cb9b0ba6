#!/usr/bin/env bash
# Nothing that a tool makes is kept in the tree: enforcers, objects, kernels, archives, generated parsers.
. "$(dirname "$0")/tree.sh" "$1"
bad=0
while read -r file; do
	case $file in
	*.o | *.so | *.a | *.btf | *.cpio | *.cpio.gz | *.deb | *vmlinuz* | *Parser.cpp | *Lexer.cpp | *.log)
		echo "$file is made by a tool"
		bad=$((bad + 1))
		;;
	esac
done < <(tree_files)
finish "$bad"
