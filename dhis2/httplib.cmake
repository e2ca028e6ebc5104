# SPDX-License-Identifier: BSD-3-Clause
# Where httplib.h comes from. cpp-httplib older than 0.41 is refused: it crashes on hostile status
# lines and sends credentials across redirects. In order: an installed package, the folder that
# server/setup fills from the distribution's source package, a download with a pinned hash.
find_package(httplib 0.41 QUIET CONFIG)
if(NOT TARGET httplib::httplib)
  find_path(DHIS2_MCP_HTTPLIB_DIR httplib.h PATHS ${CMAKE_SOURCE_DIR}/build/deps/cpp-httplib
            NO_DEFAULT_PATH)
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
