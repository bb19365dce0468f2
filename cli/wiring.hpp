// The one place that chooses the log, the store and the connectors of a book and joins them. Parts
// are opened when they are first asked for: a report needs no engine, an import no rows.
//
// A book is a folder: log/ (the truth), snapshots/ and rows/ (both may be deleted and rebuilt). A
// book whose log stands in Kafka has kafka/, a verified copy of the topic, in the place of log/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/kafka_log.hpp"
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

// Where a book is: a folder, or kafka://host:port/[environment/]book with a folder for its copy.
struct BookPlace {
    std::string text;
    std::string local;               // Of a book in Kafka; empty: a folder named after its topic.
    std::vector<std::string> kafka;  // Properties of librdkafka, name=value.
    std::string node = "cli";        // Under which name the book is claimed in Kafka.
};

class Book {
    struct Passkey {};

 public:
    Book(Passkey, BookPlace place);  // Through open().
    // not_found names the place and says how to start a book; denied names the other process. In
    // Kafka, the copy holds what the topic held at the call; a folder with such a copy opens it.
    [[nodiscard]] static Result<std::unique_ptr<Book>> open(BookPlace place, Access access);
    ~Book();

    // The folder of rows, snapshots and log or copy.
    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] const Log& log() const;
    // The log's segments; of a book in Kafka those of its copy.
    [[nodiscard]] const SegmentLog& segments() const;
    // Null for a book that is not in Kafka, or whose copy another process keeps.
    [[nodiscard]] kafka::KafkaLog* kafka_log() { return kafka_log_.get(); }
    [[nodiscard]] Codec& codec() { return codec_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] FileSystem& files() { return files_; }
    // Of what the engine appended.
    [[nodiscard]] const AppendFigures& appends() const { return appends_; }

    // Before engine(): when its events are recorded, rather than now. Outlives the book.
    void record_by(const Clock& clock) { recording_clock_ = &clock; }
    // Restores the state on the first call. Needs write access. In Kafka it claims the book first.
    [[nodiscard]] Result<Engine*> engine();
    // The rows of all projections, brought up to the end of the log; they have a lock of their own,
    // so that a reader has them while another process appends. `busy` names the process that
    // holds them for longer than a moment. Without write access the log is looked at again.
    [[nodiscard]] Result<Follower*> follower(const FoldProgress& progress = {});
    // Stops the engine, so that it leaves a snapshot. The destructor does it too.
    [[nodiscard]] Result<void> close();

 private:
    [[nodiscard]] Result<void> open_folder();
    [[nodiscard]] Result<void> open_topic();
    [[nodiscard]] Result<void> open_rows();
    [[nodiscard]] Log& writable_log();

    BookPlace place_;
    std::string folder_;
    PosixFileSystem files_;
    SystemRandom random_;
    SystemClock clock_;
    const Clock* recording_clock_ = &clock_;
    Codec codec_;
    SegmentLogOptions segments_;                  // Of segment_log_.
    std::unique_ptr<SegmentLog> segment_log_;     // Or a copy that is only read,
    std::unique_ptr<kafka::KafkaLog> kafka_log_;  // or this one.
    AppendFigures appends_;
    std::unique_ptr<MeasuredLog> measured_;  // What the engine appends to.
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Follower> follower_;
    Access access_ = Access::read;
};

// Each as kafka::parse_property() reads it.
[[nodiscard]] Result<kafka::Settings> kafka_settings(const BookPlace& place);
// The folder of the copy of a book in Kafka.
[[nodiscard]] std::string local_folder(const BookPlace& place, const kafka::Place& kafka);

}  // namespace daybook::cli
