# flatc writes every function into the header. Those that copy between structs and bytes are most of
# it and few files call them, so they are moved into a source of their own: files that include the
# schemas compile in half the time.
#   cmake -DHEADER=schemas/sales.hpp -DCODE=schemas/sales.cpp -DINCLUDE=schemas/sales.hpp -P ...
file(READ "${HEADER}" text)
string(REGEX MATCH "\ninline [A-Za-z]+T \\*[A-Za-z]+::UnPack\\(" first "${text}")
string(FIND "${text}" "${first}" begin)
string(SUBSTRING "${text}" ${begin} -1 rest)
string(REGEX MATCH "\ninline bool Verify[A-Za-z]+\\(flatbuffers::Verifier" second "${rest}")
if(first STREQUAL "" OR second STREQUAL "")
  message(FATAL_ERROR "${HEADER} is not as flatc wrote it before: nothing to move")
endif()
string(FIND "${rest}" "${second}" length)
string(SUBSTRING "${text}" 0 ${begin} declarations)
string(SUBSTRING "${rest}" 0 ${length} code)
string(SUBSTRING "${rest}" ${length} -1 checks)
string(REGEX REPLACE "\ninline " "\n" code "${code}")
string(REGEX MATCH "namespace daybook {\nnamespace ([a-z_]+) {" opening "${declarations}")
set(closing "\n}  // namespace ${CMAKE_MATCH_1}\n}  // namespace daybook\n")
file(WRITE "${HEADER}" "${declarations}${checks}")
file(WRITE "${CODE}" "#include \"${INCLUDE}\"\n\n${opening}\n${code}${closing}")
