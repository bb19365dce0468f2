// Where an import's bytes come from: a file, a gzip file, or memory. Compression is recognised by
// its first bytes, never by the name, and a stream that breaks off is an Error, not an end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "engine/base/result.hpp"

namespace daybook::files {

class ByteSource {
 public:
    [[nodiscard]] static Result<ByteSource> open(const std::string& path);
    // The bytes as if they stood in a file of that name.
    [[nodiscard]] static ByteSource of(std::string bytes, std::string name = "input");
    ByteSource(ByteSource&&) noexcept;
    ByteSource& operator=(ByteSource&&) noexcept;
    ~ByteSource();

    // Fills the front of `into` and answers how much; 0 only at the end.
    [[nodiscard]] Result<std::size_t> read(std::span<char> into);
    [[nodiscard]] const std::string& name() const { return name_; }
    // Bytes taken from the file so far, compressed as they stand there; for progress.
    [[nodiscard]] std::uint64_t bytes_taken() const { return bytes_taken_; }
    // What the file holds in all, compressed as it stands there.
    [[nodiscard]] std::uint64_t bytes_total() const { return bytes_total_; }

 private:
    struct Inflater;
    struct FileCloser {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    ByteSource();
    [[nodiscard]] Result<std::size_t> read_raw(std::span<char> into);
    [[nodiscard]] Result<std::size_t> read_inflated(std::span<char> into);
    [[nodiscard]] Result<bool> refill();

    std::string name_;
    std::unique_ptr<std::FILE, FileCloser> file_;  // Null: the bytes are in memory.
    std::string memory_;
    std::size_t memory_at_ = 0;
    std::uint64_t bytes_taken_ = 0;
    std::uint64_t bytes_total_ = 0;
    bool is_probed_ = false;
    std::string probe_;  // The first raw bytes, still to be given.
    std::unique_ptr<Inflater> inflater_;
};

}  // namespace daybook::files
