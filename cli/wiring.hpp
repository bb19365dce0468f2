// The one place that chooses the log, the store and the connectors of a book and joins them. Parts
// are opened when they are first asked for: a report needs no engine, an import no rows.
//
// A book is a folder: log/ (the truth), snapshots/ and rows/ (both may be deleted and rebuilt).
#pragma once

#include <memory>
#include <string>

#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"
#include "engine/log/measured_log.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"
#include "engine/store/store.hpp"
#include "projections/core/follower.hpp"

namespace daybook::cli {

enum class Access : unsigned char {
    read,    // Looks only; another process may write meanwhile.
    write,   // The one process that may append.
    create,  // The same for a book that does not exist yet.
};

class Book {
    struct Passkey {};

 public:
    Book(Passkey, std::string folder);  // Through open().
    // not_found names the folder and says how to start a book; denied names the other process.
    [[nodiscard]] static Result<std::unique_ptr<Book>> open(std::string folder, Access access);
    ~Book();

    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] SegmentLog& log() { return *log_; }
    [[nodiscard]] Codec& codec() { return codec_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] FileSystem& files() { return files_; }
    // Of what the engine appended.
    [[nodiscard]] const AppendFigures& appends() const { return appends_; }

    // Restores the state on the first call. Needs write access.
    [[nodiscard]] Result<Engine*> engine();
    // The rows of all projections, brought up to the end of the log. Needs write access.
    [[nodiscard]] Result<Follower*> follower(const FoldProgress& progress = {});
    // Stops the engine, so that it leaves a snapshot. The destructor does it too.
    [[nodiscard]] Result<void> close();

 private:
    std::string folder_;
    PosixFileSystem files_;
    SystemRandom random_;
    SystemClock clock_;
    Codec codec_;
    std::unique_ptr<SegmentLog> log_;
    AppendFigures appends_;
    std::unique_ptr<MeasuredLog> measured_;  // What the engine appends to.
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Follower> follower_;
    Access access_ = Access::read;
};

}  // namespace daybook::cli
