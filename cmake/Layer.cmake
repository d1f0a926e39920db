# SPDX-License-Identifier: MIT
# otherend_layer(NAME SOURCES file... SEES layer... USES library...)
#
# A layer is a folder of src/, one static library, and the only layers it may see are those it names. tests/check
# compares the #include lines with the same list.
function(otherend_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;SEES;USES")
  set(target otherend_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(otherend::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(${target} PUBLIC otherend_flags)
  foreach(layer IN LISTS arg_SEES)
    target_link_libraries(${target} PUBLIC otherend::${layer})
  endforeach()
  target_link_libraries(${target} PRIVATE ${arg_USES})
  set_property(TARGET ${target} PROPERTY OTHEREND_SEES "${arg_SEES}")
endfunction()
