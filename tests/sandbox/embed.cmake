# SPDX-License-Identifier: BSD-3-Clause
# Turns files into one C++ source, so that the practice DHIS2 runs from any folder:
#   cmake -DOUT=x.cpp -DFILES=a;b -P embed.cmake
set(text "// Made by embed.cmake.\n#include \"tests/sandbox/embedded.h\"\n\nnamespace sandbox {\n")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................................................)"
                       "\\1\"\n\"" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" hex "${hex}")
  string(APPEND text "static const char kFile${number}[] =\n\"${hex}\";\n")
  string(APPEND table "    {\"${name}\", {kFile${number}, sizeof(kFile${number}) - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND text "const std::vector<EmbeddedFile>& embedded_files() {\n"
                   "  static const std::vector<EmbeddedFile> files = {\n${table}  };\n"
                   "  return files;\n}\n}  // namespace sandbox\n")
file(WRITE ${OUT} "${text}")
