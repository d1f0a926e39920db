#!/bin/bash
# SPDX-License-Identifier: MIT
# manual.sh OTHEREND: every verb, option and choice that --help shows is in the manual page, and every option in
# the manual page is in some --help.
set -euo pipefail

otherend=$1
page=docs/man/otherend.8.scd
status=0

verbs=$("$otherend" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[[ $verbs ]] || { echo "no verbs in otherend --help"; exit 1; }
help=$("$otherend" --help; for verb in $verbs; do "$otherend" "$verb" --help; done)

options=$(grep -oE '^  (-[a-zA-Z],)?--[a-z-]+' <<<"$help" | tr -d ' ' | tr , '\n')
choices=$(grep -oE ':\{[a-z_,]+\}' <<<"$help" | tr -d ':{}' | tr , '\n')
for word in $verbs $options $choices; do
    if ! grep -qF -- "*$word*" "$page"; then
        echo "$page: *$word* is in otherend --help and missing here"
        status=1
    fi
done
for option in $(grep -oE -- '\*--?[a-z-]+\*' "$page" | tr -d '*' | sort -u); do
    if ! grep -qxF -- "$option" <<<"$options"; then
        echo "$page: $option is in no --help"
        status=1
    fi
done
exit $status
