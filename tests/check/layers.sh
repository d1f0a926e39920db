#!/bin/bash
# SPDX-License-Identifier: MIT
# layers.sh LAYER:SEES,SEES... : an #include in src/LAYER names a header of LAYER, of a layer it SEES, or of
# include/otherend; and the layers without I/O include no header that does any.
set -euo pipefail

declare -A sees
for rule in "$@"; do
    sees[${rule%%:*}]=,${rule%%:*},${rule#*:},otherend,
done
((${#sees[@]} > 0)) || { echo "no layers given"; exit 1; }
status=0

for folder in src/*/; do
    layer=$(basename "$folder")
    if [[ ! ${sees[$layer]-} ]]; then
        echo "$folder: not a layer of src/CMakeLists.txt"
        status=1
        continue
    fi
    while IFS=: read -r file line include; do
        target=$(sed -n 's/^ *# *include *"\([^"/]*\)\/.*/\1/p' <<<"$include")
        # Generated skeletons carry no folder; the kernel layer is given them by its link list.
        [[ ! $target && $include =~ skel\.h\" ]] && target=$layer
        if [[ ${sees[$layer]} != *,"$target",* ]]; then
            echo "$file:$line: ${include# } (layer $layer sees ${sees[$layer]//,/ })"
            status=1
        fi
    done < <(grep -rnE '^ *# *include *"' "$folder" || true)
done

# design: model and query know no kernel, file, stream or clock
impure='bpf/|libmnl|linux/|sys/(socket|stat|ioctl|mman|un)|unistd|fcntl|dirent|[io]?f?stream>|iostream|cstdio|filesystem|chrono|ctime|time\.h|thread'
for folder in src/model src/query; do
    if grep -rnE "^ *# *include *<($impure)" "$folder"; then
        echo "^ $folder does no I/O"
        status=1
    fi
done
exit $status
