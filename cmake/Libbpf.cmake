# SPDX-License-Identifier: MIT
# otherend::libbpf: libbpf with what it needs. Executables whose property OTHEREND_STATIC is on get it, and the C++
# library, linked statically: finding and relocating the shared ones is a tenth of the run time on an idle host, and
# the binary then runs where libbpf is not installed. (libelf.a is not position independent, so libraries cannot.)
pkg_check_modules(LIBBPF REQUIRED IMPORTED_TARGET libbpf>=1.1.2)
set(archives)
foreach(name bpf elf z)
  find_library(OTHEREND_LIB${name}_A lib${name}.a REQUIRED)
  list(APPEND archives ${OTHEREND_LIB${name}_A})
endforeach()

set(static $<BOOL:$<TARGET_PROPERTY:OTHEREND_STATIC>>)
add_library(otherend_libbpf INTERFACE)
add_library(otherend::libbpf ALIAS otherend_libbpf)
target_link_libraries(otherend_libbpf INTERFACE
  "$<${static}:${archives}>" $<$<NOT:${static}>:PkgConfig::LIBBPF>)
target_link_options(otherend_libbpf INTERFACE
  "$<$<AND:${static},$<NOT:$<BOOL:${OTHEREND_SANITIZE}>>>:-static-libstdc++;-static-libgcc>")
