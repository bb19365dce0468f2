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

// The file to write; it must not exist.
struct ArchiveFile {
    FileSystem& files;
    std::string path;
    VerifyProgress progress;  // Of the writing.
};

// Both answer how many records were written.
[[nodiscard]] Result<std::uint64_t> archive_topic(
    const ArchiveFile& file, const Place& place, const Settings& settings
);
// `source` as Place::source() gives it.
[[nodiscard]] Result<std::uint64_t> archive_log(
    const ArchiveFile& file, const Log& log, const std::string& source
);

// Whether the file begins as an archive does.
[[nodiscard]] bool is_archive(FileSystem& files, const std::string& path);
[[nodiscard]] Result<VerifyReport> verify_archive(
    FileSystem& files, const std::string& path, const VerifyProgress& progress
);

}  // namespace daybook::kafka
