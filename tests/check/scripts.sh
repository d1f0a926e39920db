#!/bin/bash
# SPDX-License-Identifier: MIT
# Every script can be run, parses in the shell it names, and shellcheck warns of nothing.
set -euo pipefail

status=0
while read -r script; do
    shell=$(sed -n '1s|^#!.*/||p' "$script")
    "$shell" -n "$script" || status=1
    shellcheck --severity=warning --external-sources "$script" || status=1
    if [[ ! -x $script ]]; then
        echo "$script: not executable"
        status=1
    fi
done < <(grep -rlE --exclude-dir=build --exclude-dir=.git '^#!/bin/(ba)?sh$' .)
exit $status
