// The log in Kafka beside plain librdkafka in the same run, with the same keys, values and headers:
// groups appended, one command at a time, and the whole topic read again. What plain librdkafka
// does not do: it reads nothing back, checks nothing and keeps no copy.
//
// Needs a broker: DAYBOOK_KAFKA=host:port. --events says how many events each measurement has.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>

#include "bench/harness.hpp"
#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/kafka_log.hpp"
#include "connectors/kafka/topic.hpp"
#include "engine/base/prng.hpp"
#include "tests/support/temp_folder.hpp"

using namespace daybook;

namespace {

constexpr std::uint32_t payload_bytes = 184;  // With the header as large as a four-line entry.
constexpr std::chrono::milliseconds patience{60'000};
constexpr std::uint64_t single_events_max = 2'000;

template <class Value>
Value must(Result<Value> result) {
    if (!result.ok()) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_same_v<Value, void>) return std::move(result).value();
}

void must_be(bool is_true, std::string_view what) {
    if (is_true) return;
    fmt::print(stderr, "{}\n", what);
    std::exit(1);
}

// One group, made once and given new positions each time, so that making events is not measured.
class Group {
 public:
    explicit Group(std::uint64_t count) {
        for (std::uint64_t index = 0; index < count; ++index) {
            auto& words = storage_.emplace_back(event_words);
            Prng random(index);
            for (std::uint64_t& word : words) word = random.next();
            const auto* bytes = reinterpret_cast<const std::byte*>(words.data());
            events_.emplace_back(bytes, sizeof(EventHeader) + payload_bytes);
        }
    }
    [[nodiscard]] std::span<const EventBytes> at(std::uint64_t position) {
        for (auto& words : storage_) {
            const EventHeader header(
                position++,
                flatbuffers::Pack(Instant::from_nanos(1)),
                flatbuffers::Pack(id_from_code("C-1")),
                flatbuffers::Pack(id_from_code("anna")),
                flatbuffers::Pack(id_from_code("F2026-000001")),
                flatbuffers::Pack(Id{}),
                1,
                flatbuffers::Pack(Date::of(2026, 3, 31)),
                1,
                payload_bytes,
                0,
                1,
                caused_by_command,
                1,
                1,
                0
            );
            std::memcpy(words.data(), &header, sizeof header);
        }
        return events_;
    }

 private:
    static constexpr std::size_t event_words = (sizeof(EventHeader) + payload_bytes) / 8;
    std::vector<std::vector<std::uint64_t>> storage_;
    std::vector<EventBytes> events_;
};

kafka::Place new_topic() {
    SystemRandom random;
    const kafka::Place place{
        .brokers = std::getenv("DAYBOOK_KAFKA"),
        .environment = "bench",
        .book = fmt::format("b{:016x}", random.next())};
    must(kafka::create_topic(place, {}, patience));
    return place;
}

// ---- Plain librdkafka ---------------------------------------------------------------------------

using Setting = std::pair<const char*, const char*>;

rd_kafka_conf_t* plain_configuration(
    const kafka::Place& place, std::initializer_list<Setting> settings
) {
    rd_kafka_conf_t* configuration = rd_kafka_conf_new();
    char reason[512];
    rd_kafka_conf_set(
        configuration, "bootstrap.servers", place.brokers.c_str(), reason, sizeof reason
    );
    for (const auto& [name, value] : settings) {
        const auto set = rd_kafka_conf_set(configuration, name, value, reason, sizeof reason);
        must_be(set == RD_KAFKA_CONF_OK, reason);
    }
    return configuration;
}

rd_kafka_conf_t* producer_configuration(const kafka::Place& place) {
    return plain_configuration(
        place,
        {{"socket.nagle.disable", "true"},
         {"queue.buffering.max.messages", "2000000"},
         {"queue.buffering.max.kbytes", "2097151"},
         {"enable.idempotence", "true"},
         {"acks", "all"},
         // As ours: a group's end is known, and rd_kafka_flush() sends what lingers at once. With
         // no lingering it makes a request of nearly each record and is much slower.
         {"linger.ms", "100"}}
    );
}

// Without a callback for delivery reports rd_kafka_flush() would look for them every 10 ms only.
class PlainProducer {
 public:
    explicit PlainProducer(const kafka::Place& place) : writer_(place.source(), domain_modules()) {
        char reason[512];
        rd_kafka_conf_t* configuration = producer_configuration(place);
        rd_kafka_conf_set_opaque(configuration, this);
        rd_kafka_conf_set_dr_msg_cb(configuration, &PlainProducer::hear);
        handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, reason, sizeof reason);
        must_be(handle_ != nullptr, reason);
        topic_ = rd_kafka_topic_new(handle_, place.topic().c_str(), nullptr);
    }
    ~PlainProducer() {
        rd_kafka_topic_destroy(topic_);
        rd_kafka_destroy(handle_);
    }
    PlainProducer(const PlainProducer&) = delete;
    PlainProducer& operator=(const PlainProducer&) = delete;

    void append(std::span<const EventBytes> group) {
        for (const EventBytes event : group) {
            const std::uint64_t position = header_of(event).position();
            const auto headers = writer_.headers(event, {.term = 1, .position = position});
            rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
            for (const kafka::Header& header : headers) {
                rd_kafka_header_add(
                    list,
                    header.name.data(),
                    static_cast<ssize_t>(header.name.size()),
                    header.value.data(),
                    static_cast<ssize_t>(header.value.size())
                );
            }
            const std::string_view key = writer_.key(event);
            const auto error = rd_kafka_producev(
                handle_,
                RD_KAFKA_V_RKT(topic_),
                RD_KAFKA_V_PARTITION(0),
                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                RD_KAFKA_V_VALUE(const_cast<std::byte*>(event.data()), event.size()),
                RD_KAFKA_V_KEY(key.data(), key.size()),
                RD_KAFKA_V_HEADERS(list),
                RD_KAFKA_V_END
            );
            must_be(error == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(error));
        }
        sent_ += group.size();
        while (delivered_ < sent_) rd_kafka_flush(handle_, 100);
    }

 private:
    static void hear(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        must_be(message->err == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(message->err));
        ++static_cast<PlainProducer*>(opaque)->delivered_;
    }

    kafka::HeaderWriter writer_;
    std::uint64_t sent_ = 0;
    std::uint64_t delivered_ = 0;
    rd_kafka_t* handle_ = nullptr;
    rd_kafka_topic_t* topic_ = nullptr;
};

std::size_t header_bytes_of(rd_kafka_message_t* message) {
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    const void* value = nullptr;
    std::size_t bytes = 0;
    const auto found = rd_kafka_header_get_last(list, "daybook_term", &value, &bytes);
    return found == RD_KAFKA_RESP_ERR_NO_ERROR ? bytes : 0;
}

// Reads all values once, and each record's term if asked to.
Result<void> read_plainly(const kafka::Place& place, std::uint64_t records, bool reads_headers) {
    char reason[512];
    rd_kafka_conf_t* configuration = plain_configuration(
        place, {{"socket.nagle.disable", "true"}, {"enable.partition.eof", "true"}}
    );
    rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, reason, sizeof reason);
    must_be(handle != nullptr, reason);
    rd_kafka_topic_t* topic = rd_kafka_topic_new(handle, place.topic().c_str(), nullptr);
    rd_kafka_consume_start(topic, 0, 0);
    std::uint64_t bytes = 0;
    std::vector<rd_kafka_message_t*> messages(4096);
    for (std::uint64_t read = 0; read < records;) {
        const ssize_t count =
            rd_kafka_consume_batch(topic, 0, 100, messages.data(), messages.size());
        for (ssize_t index = 0; index < count; ++index) {
            rd_kafka_message_t* message = messages[static_cast<std::size_t>(index)];
            if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                ++read;
                bytes += message->len;
                if (reads_headers) bytes += header_bytes_of(message);
            }
            rd_kafka_message_destroy(message);
        }
    }
    rd_kafka_consume_stop(topic, 0);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(handle);
    if (bytes > 0) return {};
    return Error{ErrorCode::io, "nothing was read"};
}

// ---- The measurements ---------------------------------------------------------------------------

// Of all threads of this process.
double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Took {
    double seconds = 0;
    double cpu = 0;
};

template <class Work>
Took measure(Work&& work) {
    const double cpu = cpu_seconds();
    const double seconds = bench::seconds_of(work);
    return {seconds, cpu_seconds() - cpu};
}

struct Outcome {
    std::uint64_t events = 0;
    double seconds = 0;
    double cpu = 0;
    std::vector<double> each;  // Seconds of each group.

    void add(const Took& took, std::uint64_t count) {
        each.push_back(took.seconds);
        seconds += took.seconds;
        cpu += took.cpu;
        events += count;
    }
    [[nodiscard]] double cpu_micros() const { return cpu / static_cast<double>(events) * 1e6; }
    [[nodiscard]] double rate() const { return static_cast<double>(events) / seconds; }
    [[nodiscard]] double millis_at(std::size_t per_mille) const {
        std::vector<double> sorted = each;
        std::ranges::sort(sorted);
        return sorted[std::min(sorted.size() - 1, sorted.size() * per_mille / 1000)] * 1e3;
    }
};

void print(std::string_view name, const Outcome& outcome) {
    fmt::print(
        "  {:<18} {:>9.0f} events/s   p50 {:>7.3f}  p99 {:>7.3f}  max {:>7.3f} ms   "
        "{:>7.2f} us of the processor\n",
        name,
        outcome.rate(),
        outcome.millis_at(500),
        outcome.millis_at(990),
        outcome.millis_at(1000),
        outcome.cpu_micros()
    );
}

struct Node {
    Node(const kafka::Place& place, bool catch_up) {
        kafka::KafkaLogOptions options;
        options.place = place;
        options.folder = folder.path() + "/copy";
        options.catch_up = catch_up;
        options.patience = patience;
        log = must(kafka::KafkaLog::open(files, random, clock, options));
    }
    TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    SystemClock clock;
    std::unique_ptr<kafka::KafkaLog> log;
};

// Turn and turn about, so that both meet the same broker.
void measure_groups(std::uint64_t count, std::uint64_t events) {
    const kafka::Place ours = new_topic();
    const kafka::Place plain = new_topic();
    {
        Node node{ours, true};
        must(node.log->claim({.node = id_from_code("bench"), .url = {}}));
        PlainProducer producer{plain};
        Group group{count};
        std::uint64_t position = 0;
        Outcome by_log;
        Outcome by_hand;
        const std::uint64_t rounds = std::max<std::uint64_t>(events / count, 5);
        for (std::uint64_t round = 0; round < rounds + 3; ++round) {
            const auto log_group = group.at(node.log->end());
            const Took log_took = measure([&] { must(node.log->append(log_group)); });
            const auto plain_group = group.at(position);
            const Took plain_took = measure([&] { producer.append(plain_group); });
            position += count;
            if (round < 3) continue;  // To warm up.
            by_log.add(log_took, count);
            by_hand.add(plain_took, count);
        }
        fmt::print("groups of {}, {} of them\n", count, rounds);
        print("daybook", by_log);
        print("plain librdkafka", by_hand);
        fmt::print("  ratio {:.2f}\n", by_log.rate() / by_hand.rate());
    }
    must(kafka::delete_topic(ours, {}, patience));
    must(kafka::delete_topic(plain, {}, patience));
}

void measure_replay(std::uint64_t events) {
    const kafka::Place place = new_topic();
    std::uint64_t records = 0;
    {
        Node node{place, true};
        must(node.log->claim({.node = id_from_code("bench"), .url = {}}));
        constexpr std::uint64_t at_once = 5'000;
        Group group{std::min(events, at_once)};
        while (node.log->end() < events) must(node.log->append(group.at(node.log->end())));
        records = node.log->end();
    }
    Outcome by_log;
    Outcome by_hand;
    Outcome with_headers;
    for (int run = 0; run <= bench::runs; ++run) {
        const Took plain_took = measure([&] { must(read_plainly(place, records, false)); });
        const Took headers_took = measure([&] { must(read_plainly(place, records, true)); });
        const Took log_took = measure([&] {
            const Node node{place, true};
            must_be(node.log->end() == records, "the copy is not whole");
        });
        if (run == 0) continue;  // To warm up.
        by_hand.add(plain_took, records);
        with_headers.add(headers_took, records);
        by_log.add(log_took, records);
    }
    fmt::print("replay of {} records into an empty copy, {} times\n", records, bench::runs);
    print("daybook", by_log);
    print("plain librdkafka", by_hand);
    print("plain, headers", with_headers);
    fmt::print(
        "  ratio {:.2f}, to one that reads the headers {:.2f}\n",
        by_log.rate() / by_hand.rate(),
        by_log.rate() / with_headers.rate()
    );
    must(kafka::delete_topic(place, {}, patience));
}

}  // namespace

int main(int count, char** arguments) {
    if (std::getenv("DAYBOOK_KAFKA") == nullptr) {
        fmt::print("skipped: DAYBOOK_KAFKA names no broker (host:port)\n");
        return 77;
    }
    const std::uint64_t events = bench::option(count, arguments, "--events", 400'000);
    // 0: everything; 1: one command at a time; 2: groups; 3: replay.
    const std::uint64_t part = bench::option(count, arguments, "--part", 0);
    if (part == 0 || part == 1) measure_groups(1, std::min(events, single_events_max));
    if (part == 0 || part == 2) {
        measure_groups(100, events / 4);
        measure_groups(1'000, events);
        measure_groups(10'000, events);
    }
    if (part == 0 || part == 3) measure_replay(events);
    fmt::print("peak memory {} MiB\n", bench::peak_memory_mib());
    return 0;
}
