# SPDX-License-Identifier: BSD-3-Clause
# Where httplib.h comes from. cpp-httplib older than 0.41 is refused: it crashes on hostile status
# lines and sends credentials across redirects. In order: an installed package, the folder that
# server/setup fills from the distribution's source package, a download with a pinned hash.
set(httplib_least 0.41)
find_package(httplib ${httplib_least} QUIET CONFIG)

if(NOT TARGET httplib::httplib)
  find_path(DHIS2_MCP_HTTPLIB_DIR httplib.h PATHS ${CMAKE_SOURCE_DIR}/build/deps/cpp-httplib
            NO_DEFAULT_PATH)
  if(NOT DHIS2_MCP_HTTPLIB_DIR)
    message(STATUS "cpp-httplib: not in build/deps (server/setup puts it there); downloading it")
    include(FetchContent)
    # SOURCE_SUBDIR names no folder: only the header is wanted, not the library's own build.
    FetchContent_Declare(
      cpp_httplib
      URL https://github.com/yhirose/cpp-httplib/archive/refs/tags/v0.41.0.tar.gz
      URL_HASH SHA256=6d38a6b74ea33ac3133b8352f2b55b557c1d42f36e1ed0c01f852e3218329d39
      DOWNLOAD_EXTRACT_TIMESTAMP ON
      SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(cpp_httplib)
    set(DHIS2_MCP_HTTPLIB_DIR ${cpp_httplib_SOURCE_DIR} CACHE PATH "Folder of httplib.h" FORCE)
  endif()

  file(STRINGS ${DHIS2_MCP_HTTPLIB_DIR}/httplib.h httplib_line
       REGEX "^#define CPPHTTPLIB_VERSION \"" LIMIT_COUNT 1)
  string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" httplib_version "${httplib_line}")
  if(NOT httplib_version VERSION_GREATER_EQUAL httplib_least)
    message(FATAL_ERROR "${DHIS2_MCP_HTTPLIB_DIR}/httplib.h is version '${httplib_version}', "
                        "${httplib_least} or newer is needed. Remove that folder, unset "
                        "DHIS2_MCP_HTTPLIB_DIR and run server/setup.")
  endif()
  message(STATUS "cpp-httplib ${httplib_version}: ${DHIS2_MCP_HTTPLIB_DIR}")

  find_package(OpenSSL 3.0 REQUIRED)
  find_package(Threads REQUIRED)
  add_library(httplib_headers INTERFACE)
  add_library(httplib::httplib ALIAS httplib_headers)
  target_include_directories(httplib_headers SYSTEM INTERFACE ${DHIS2_MCP_HTTPLIB_DIR})
  target_compile_definitions(httplib_headers INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
  target_link_libraries(httplib_headers INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
endif()

# Every user of the package must see the same settings, for its functions are inline.
# - Its regular expression for the status line recurses once for each letter of a long one.
# - Its wait for "100 Continue" costs a second where a server does not know it.
get_target_property(httplib_target httplib::httplib ALIASED_TARGET)
if(NOT httplib_target)
  set(httplib_target httplib::httplib)
endif()
set_property(TARGET ${httplib_target} APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
             CPPHTTPLIB_MAX_LINE_LENGTH=9216 CPPHTTPLIB_EXPECT_100_THRESHOLD=0)
