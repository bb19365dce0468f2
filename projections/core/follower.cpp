// Two locks: fold_mutex_ says who may fold and write, rows_lock_ keeps readers away from rows that
// change. A window is written without the second, because nothing changes meanwhile.
#include "projections/core/follower.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/checksum.hpp"
#include "projections/core/compare.hpp"

namespace daybook {
namespace {

constexpr std::chrono::milliseconds quiet{20};      // Then the window is written.
constexpr std::chrono::milliseconds patience{100};  // Then it looks whether it should stop.

bool ends_batch(EventBytes event) {
    const EventHeader& header = header_of(event);
    return header.batch_index() + 1U == header.batch_count();
}

Error given_up() {
    return {ErrorCode::unavailable, "the rebuild was given up; nothing has changed"};
}

}  // namespace

Follower::Follower(const Log& log, Store& store, const FollowerOptions& options)
    : log_(log), store_(store), options_(options), fold_(store) {}

Follower::~Follower() {
    (void)stop();
}

Result<std::unique_ptr<Follower>> Follower::open(
    const Log& log, Store& store, const FollowerOptions& options
) {
    auto follower = std::make_unique<Follower>(log, store, options);
    DAYBOOK_TRY_VOID(follower->restore());
    return follower;
}

Result<void> Follower::restore() {
    std::vector<std::uint32_t> known;
    std::vector<ProjectionRecord> records;
    for (const RegisteredProjection& registered : options_.projections) {
        DAYBOOK_TRY(auto record, read_record(store_, registered.name));
        const std::uint64_t tables = fingerprint_of(*registered.projection);
        bool is_usable = record && record->tables == tables;
        if (is_usable) {
            DAYBOOK_TRY(is_usable, is_of_this_log(*record));
        }
        if (is_usable) known.push_back(record->generation);
        records.push_back(is_usable ? *record : ProjectionRecord{.tables = tables});
    }
    DAYBOOK_TRY_VOID(erase_strangers(known));
    for (const std::uint32_t generation : known) {
        next_generation_ = std::max(next_generation_, generation + 1);
    }
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (records[index].generation == 0) records[index].generation = next_generation_++;
        fold_.add(options_.projections[index], records[index]);
    }
    tables_ = fold_.named_tables();
    position_ = fold_.position();
    return {};
}

// Whether the last event that the rows stand for is what the log has there.
Result<bool> Follower::is_of_this_log(const ProjectionRecord& record) const {
    if (record.position == 0) return true;
    if (record.position > log_.end()) return false;
    DAYBOOK_TRY(const auto reader, log_.read(record.position - 1));
    DAYBOOK_TRY(const auto events, reader->next());
    return !events.empty() && checksum_64(events.front()) == record.last_event;
}

// Rows of generations that no record names: a rebuild that was broken off, or rows of tables that
// have changed.
Result<void> Follower::erase_strangers(const std::vector<std::uint32_t>& known) {
    const std::string rows(1, '\x01');
    std::string from = rows;
    for (;;) {
        std::uint32_t generation = 0;
        {
            const auto cursor = store_.cursor();
            cursor->seek(from);
            if (!cursor->has_entry() || !cursor->key().starts_with(rows)) return cursor->status();
            if (!KeyReader{cursor->key().substr(1)}.read(generation)) {
                return Error{ErrorCode::corrupt, "row store: a key is too short"};
            }
        }
        from = key_after(row_prefix(generation));
        if (std::ranges::find(known, generation) != known.end()) continue;
        DAYBOOK_TRY_VOID(store_.erase_range(row_prefix(generation), from));
    }
}

void Follower::start() {
    DAYBOOK_ASSERT(!thread_.joinable());
    is_stopping_ = false;
    note({});
    thread_ = std::thread{[this] { run(); }};
}

Result<void> Follower::stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    DAYBOOK_TRY_VOID(write());
    return store_.flush();
}

void Follower::run() {
    while (!is_stopping_) {
        const Result<std::uint64_t> folded = step();
        if (!folded.ok()) return note(folded.error());
        const std::uint64_t position = position_;
        if (folded.value() > 0 || log_.wait_beyond(position, quiet) > position) continue;
        if (const Result<void> written = write(); !written.ok()) return note(written);
        log_.wait_beyond(position, patience);
    }
}

void Follower::note(const Result<void>& result) {
    const std::lock_guard lock{state_mutex_};
    failure_ = result.ok() ? std::nullopt : std::optional{result.error()};
    moved_.notify_all();
}

void Follower::publish() {
    const std::lock_guard lock{state_mutex_};
    position_ = fold_.position();
    moved_.notify_all();
}

Result<std::uint64_t> Follower::step() {
    const std::lock_guard lock{fold_mutex_};
    if (!reader_) {
        DAYBOOK_TRY(reader_, log_.read(fold_.position()));
        read_ = {};
    }
    DAYBOOK_TRY(const std::uint64_t folded, fold_one_step());
    if (folded == 0) return folded;
    const FollowerLimits& limits = options_.limits;
    if (fold_.changed_count() >= limits.window_rows_max ||
        fold_.events_in_window() >= limits.window_events_max ||
        fold_.bytes_used() >= limits.memory_bytes_max) {
        DAYBOOK_TRY_VOID(write_window());
    }
    return folded;
}

// Caller holds fold_mutex_. Whole batches, so that no reader sees half of one.
Result<std::uint64_t> Follower::fold_one_step() {
    if (read_.empty()) {
        DAYBOOK_TRY(read_, reader_->next());
    }
    if (read_.empty()) return std::uint64_t{0};
    const std::lock_guard rows_lock{rows_lock_};
    std::uint64_t folded = 0;
    for (bool is_whole = false; !is_whole || folded < options_.limits.events_per_step;) {
        if (read_.empty()) {
            DAYBOOK_TRY(read_, reader_->next());
        }
        if (read_.empty()) break;
        is_whole = ends_batch(read_.front());
        fold_.event(read_.front());
        read_ = read_.subspan(1);
        ++folded;
    }
    if (const auto failure = fold_.failure()) {
        fold_.forget();
        reader_.reset();
        publish();
        return *failure;
    }
    publish();
    return folded;
}

// Caller holds fold_mutex_.
Result<void> Follower::write_window() {
    if (!fold_.has_changes()) return {};
    DAYBOOK_TRY_VOID(fold_.write());
    const std::lock_guard lock{rows_lock_};
    fold_.settle();
    fold_.trim(options_.limits.memory_bytes_max / 2);
    return {};
}

Result<void> Follower::write() {
    const std::lock_guard lock{fold_mutex_};
    return write_window();
}

Result<void> Follower::catch_up(const FoldProgress& progress) {
    const std::uint64_t target = log_.end();
    while (position() < target) {
        DAYBOOK_TRY(const std::uint64_t folded, step());
        if (progress && !progress(position(), target)) return given_up();
        if (folded == 0 && position() < target) {
            return Error{
                ErrorCode::io,
                "the log ends at " + std::to_string(target) + " but can be read only up to " +
                    std::to_string(position())};
        }
    }
    return {};
}

Result<void> Follower::wait_for(std::uint64_t position, std::chrono::milliseconds timeout) {
    if (!thread_.joinable()) DAYBOOK_TRY_VOID(catch_up());
    std::unique_lock lock{state_mutex_};
    const auto is_over = [&] { return position_ >= position || failure_.has_value(); };
    if (!moved_.wait_for(lock, timeout, is_over)) {
        return Error{
            ErrorCode::unavailable,
            "rows stand at position " + std::to_string(position_) + ", not yet at " +
                std::to_string(position)};
    }
    if (position_ < position) return *failure_;
    return {};
}

std::uint64_t Follower::lag() const {
    const std::uint64_t end = log_.end();
    const std::uint64_t at = position();
    return end > at ? end - at : 0;
}

std::optional<Error> Follower::failure() const {
    const std::lock_guard lock{state_mutex_};
    return failure_;
}

Query Follower::query() const {
    rows_lock_.lock_shared();
    Query::Hold hold{
        &rows_lock_, [](void* lock) { static_cast<RowsLock*>(lock)->unlock_shared(); }};
    return {log_, tables_, fold_.position(), std::move(hold)};
}

Result<std::vector<RegisteredProjection>> Follower::chosen(std::string_view name) const {
    std::vector<RegisteredProjection> chosen;
    std::string names;
    for (const RegisteredProjection& registered : options_.projections) {
        if (name.empty() || registered.name == name) chosen.push_back(registered);
        names += (names.empty() ? "" : ", ") + std::string{registered.name};
    }
    if (chosen.empty() && !name.empty()) {
        return Error{
            ErrorCode::not_found,
            "there is no projection " + std::string{name} + "; there are " + names};
    }
    return chosen;
}

// Windows are written as they fill up, and the last one at the end.
Result<void> Follower::fold_afresh(
    Fold& fresh, LogReader& reader, std::uint64_t to, const FoldProgress& progress
) const {
    const auto write = [&]() -> Result<void> {
        DAYBOOK_TRY_VOID(fresh.write_rows_only());
        fresh.settle();
        fresh.trim(options_.limits.memory_bytes_max / 2);
        return {};
    };
    while (fresh.position() < to) {
        DAYBOOK_TRY(const auto events, reader.next());
        for (const EventBytes event : events) {
            if (fresh.position() == to) break;
            fresh.event(event);
            if (fresh.position() % options_.limits.events_per_step != 0) continue;
            if (fresh.changed_count() < options_.limits.window_rows_max &&
                fresh.bytes_used() < options_.limits.memory_bytes_max) {
                continue;
            }
            if (progress && !progress(fresh.position(), to)) return given_up();
            DAYBOOK_TRY_VOID(write());
        }
        if (const auto failure = fresh.failure()) return *failure;
        if (events.empty()) return Error{ErrorCode::io, "the log ends before the rows do"};
        if (progress && !progress(fresh.position(), to)) return given_up();
    }
    return write();
}

Result<RowDifferences> Follower::compare(const Fold& fresh, const Store& store) const {
    RowDifferences differences{.events = fresh.position()};
    for (const auto& rows : fresh.projections()) {
        const auto serving = std::ranges::find_if(fold_.projections(), [&rows](const auto& each) {
            return each->name() == rows->name();
        });
        DAYBOOK_ASSERT(serving != fold_.projections().end());
        DAYBOOK_TRY_VOID(compare_rows({store_, **serving}, {store, *rows}, differences));
    }
    return differences;
}

Result<RowDifferences> Follower::rebuild(
    std::string_view projection, const FoldProgress& progress
) {
    DAYBOOK_TRY(const auto projections, chosen(projection));
    DAYBOOK_TRY_VOID(catch_up());
    Fold fresh{store_};
    std::vector<std::uint32_t> generations;
    {
        const std::lock_guard lock{fold_mutex_};
        for (const RegisteredProjection& registered : projections) {
            generations.push_back(next_generation_++);
            fresh.add(
                registered,
                {.generation = generations.back(), .tables = fingerprint_of(*registered.projection)}
            );
        }
    }
    Result<RowDifferences> differences = rebuild_into(fresh, progress);
    if (!differences.ok()) {
        for (const std::uint32_t generation : generations) {
            (void)store_.erase_range(row_prefix(generation), row_prefix(generation + 1));
        }
    }
    return differences;
}

Result<RowDifferences> Follower::rebuild_into(Fold& fresh, const FoldProgress& progress) {
    DAYBOOK_TRY(const auto reader, log_.read(0));
    DAYBOOK_TRY_VOID(fold_afresh(fresh, *reader, position(), progress));
    // Only the last few events are folded while new ones wait.
    const std::lock_guard lock{fold_mutex_};
    DAYBOOK_TRY_VOID(write_window());
    DAYBOOK_TRY(const auto tail, log_.read(fresh.position()));
    DAYBOOK_TRY_VOID(fold_afresh(fresh, *tail, fold_.position(), {}));
    DAYBOOK_TRY(RowDifferences differences, compare(fresh, store_));
    DAYBOOK_TRY_VOID(switch_to(std::move(fresh)));
    return differences;
}

// Caller holds fold_mutex_. One write changes what the store says; the old rows go afterwards.
Result<void> Follower::switch_to(Fold&& fresh) {
    StoreBatch batch;
    std::vector<std::uint32_t> old_generations;
    for (const auto& rows : fresh.projections()) put_record(batch, rows->name(), rows->record());
    for (const auto& rows : fold_.projections()) {
        const auto replaced = std::ranges::find_if(fresh.projections(), [&rows](const auto& each) {
            return each->name() == rows->name();
        });
        if (replaced == fresh.projections().end()) continue;
        old_generations.push_back(rows->record().generation);
    }
    DAYBOOK_TRY_VOID(store_.write(batch));
    {
        const std::lock_guard lock{rows_lock_};
        fold_.replace_with(std::move(fresh));
        tables_ = fold_.named_tables();
    }
    for (const std::uint32_t generation : old_generations) {
        DAYBOOK_TRY_VOID(store_.erase_range(row_prefix(generation), row_prefix(generation + 1)));
    }
    return {};
}

Result<RowDifferences> Follower::compare_with_fresh_fold(
    std::string_view projection, Store& scratch, const FoldProgress& progress
) {
    DAYBOOK_TRY(const auto projections, chosen(projection));
    DAYBOOK_TRY_VOID(catch_up());
    Fold fresh{scratch};
    std::uint32_t generation = 1;
    for (const RegisteredProjection& registered : projections) {
        fresh.add(registered, {.generation = generation++});
    }
    DAYBOOK_TRY(const auto reader, log_.read(0));
    DAYBOOK_TRY_VOID(fold_afresh(fresh, *reader, position(), progress));
    const std::lock_guard lock{fold_mutex_};
    DAYBOOK_TRY_VOID(write_window());
    DAYBOOK_TRY(const auto tail, log_.read(fresh.position()));
    DAYBOOK_TRY_VOID(fold_afresh(fresh, *tail, fold_.position(), {}));
    return compare(fresh, scratch);
}

Result<std::vector<Finding>> Follower::run_checks() const {
    std::vector<Finding> findings;
    for (const RegisteredProjection& registered : options_.projections) {
        for (const RowCheck& check : registered.projection->checks) {
            const Query view = query();
            DAYBOOK_TRY(const std::vector<Finding> found, check.run(view));
            if (view.failure()) return *view.failure();
            for (const Finding& finding : found) {
                findings.push_back(
                    {std::string{registered.name} + " " + std::string{check.name} + ": " +
                         finding.where,
                     finding.message}
                );
            }
        }
    }
    return findings;
}

}  // namespace daybook
