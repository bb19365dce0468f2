// A topic as a file: every record with its headers, void ones too, so that an auditor can verify it
// without Kafka by the same rule. A book of another log is written as its records would be.
//
// The file: `DAYBKARC`, format 1 (4 bytes) and 4 zeros; for each record its offset (8 bytes), the
// bytes of its headers and of its value (4 each), the headers as lines `name: value`, the value; at
// the end `DAYBKEND` and the number of records (8 bytes). Numbers are little-endian and unsigned.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "connectors/kafka/verify.hpp"
#include "engine/log/log.hpp"
#include "engine/os/file.hpp"

namespace daybook::kafka {

// Answers how many records were written. The file must not exist.
[[nodiscard]] Result<std::uint64_t> archive_topic(
    FileSystem& files,
    const std::string& path,
    const Place& place,
    const Settings& settings,
    const VerifyProgress& progress
);
// `source` as Place::source() gives it.
[[nodiscard]] Result<std::uint64_t> archive_log(
    FileSystem& files,
    const std::string& path,
    const Log& log,
    const std::string& source,
    const VerifyProgress& progress
);

// Whether the file begins as an archive does.
[[nodiscard]] bool is_archive(FileSystem& files, const std::string& path);
[[nodiscard]] Result<VerifyReport> verify_archive(
    FileSystem& files, const std::string& path, const VerifyProgress& progress
);

}  // namespace daybook::kafka
