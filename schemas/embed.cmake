# SPDX-License-Identifier: BSD-3-Clause
# Turns the JSON files of this folder into one C++ source: cmake -DOUT=FILE -P embed.cmake.
# It finds the files itself, so that no command line grows with the catalogue.
cmake_minimum_required(VERSION 3.25)
get_filename_component(folder ${CMAKE_SCRIPT_MODE_FILE} DIRECTORY)
file(GLOB files RELATIVE ${folder} ${folder}/*.json ${folder}/tools/*.json ${folder}/prompts/*.json)
list(SORT files)

set(source "#include \"tools/embedded.h\"\n\nnamespace dhis2mcp {\nnamespace {\n\n")
string(APPEND source "constexpr EmbeddedFile kFiles[] = {\n")
foreach(file IN LISTS files)
  file(READ ${folder}/${file} text)
  string(FIND "${text}" ")json\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${file} holds the text that ends a raw literal")
  endif()
  string(APPEND source "    {\"${file}\", R\"json(${text})json\"},\n")
endforeach()
string(APPEND source "};\n\n}  // namespace\n\n")
string(APPEND source
       "std::span<const EmbeddedFile> embedded_files() { return kFiles; }\n\n}  // namespace dhis2mcp\n")
file(WRITE ${OUT} "${source}")
