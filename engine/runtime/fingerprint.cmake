# Writes the header with the hash of all code on which the state depends. Run at build time with
# OUTPUT, ROOT and FILES (relative to ROOT, separated by commas).
string(REPLACE "," ";" files "${FILES}")
set(text "")
foreach(file IN LISTS files)
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND text "${file} ${hash}\n")
endforeach()
string(SHA256 fingerprint "${text}")
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[// Generated: changes with the code of base, domain and runtime.
#pragma once
#include <string_view>
namespace daybook { inline constexpr std::string_view code_fingerprint = "@fingerprint@"; }
]])
