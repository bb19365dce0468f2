// One record after the other: compare, judge, keep; then the copier; then those who wait.
#include "connectors/kafka/tailer.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "connectors/kafka/presumed.hpp"

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds read_wait{100};
// A node that appends now and then reads in between, so that it hears of a claim soon.
constexpr std::chrono::milliseconds pause_length{100};
// Nor is it in the way of a group that Kafka has not had for longer.
constexpr std::chrono::seconds confirmed_soon{1};
// How long the topic may seem to end before the copy does: a new leader may not know its end yet.
constexpr std::chrono::seconds behind_patience{10};
// One append to the copy has about so many bytes while the topic is read from far behind.
constexpr std::size_t block_bytes = std::size_t{4} << 20;
// Smaller groups are hashed before another thread would have begun.
constexpr std::size_t hashed_beside_min = 64;

Result<EventBytes> event_at(
    const Log& log, std::uint64_t position, std::unique_ptr<LogReader>& hold
) {
    DAYBOOK_TRY(hold, log.read(position));
    DAYBOOK_TRY(const auto events, hold->next());
    DAYBOOK_ASSERT(!events.empty());
    return events.front();
}

std::string at_url(const std::string& url) {
    return url.empty() ? std::string{} : fmt::format(" at {}", url);
}

}  // namespace

// ---- Beginning ----------------------------------------------------------------------------------

std::uint64_t Tailer::first_offset(const std::optional<Origin>& origin) {
    if (!origin) return 0;
    // One record before, to see that it is still the same topic.
    return origin->last ? origin->offset - 1 : origin->offset;
}

Result<std::unique_ptr<Tailer>> Tailer::start(
    const TailerParts& parts,
    std::unique_ptr<TopicReader> reader,
    const std::optional<Origin>& origin
) {
    auto tailer = std::make_unique<Tailer>(parts, std::move(reader));
    DAYBOOK_TRY_VOID(tailer->look_at_copy());
    if (origin) DAYBOOK_TRY_VOID(tailer->resume_from(*origin));
    tailer->next_.is_confirmed = !tailer->last_of_origin_;
    tailer->state_ = tailer->next_;
    tailer->publish_term();
    CopierParts copier_parts{
        .files = parts.files,
        .clock = parts.clock,
        .copy = parts.copy,
        .folder = parts.folder,
        .publish = [raw = tailer.get()](const Block& block) { raw->publish(block); },
        .fail = [raw = tailer.get()](Error error) { raw->fail(std::move(error)); }};
    tailer->copier_ = std::make_unique<Copier>(std::move(copier_parts), tailer->safe_);
    tailer->thread_ = std::thread{[raw = tailer.get()] { raw->run(); }};
    return tailer;
}

Tailer::Tailer(const TailerParts& parts, std::unique_ptr<TopicReader> reader)
    : parts_(parts),
      reader_(std::move(reader)),
      rule_({}, parts.guard),
      copy_end_(parts.copy.end()),
      copy_chain_(parts.copy.head().chain) {
    safe_.place = parts.place;
    safe_.cluster = parts.cluster;
}

Tailer::~Tailer() {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        changed_.notify_all();
    }
    if (copier_) copier_->stop();
    reader_->interrupt();
    if (thread_.joinable()) thread_.join();
}

Result<void> Tailer::look_at_copy() {
    if (copy_end_ == 0) return {};
    std::unique_ptr<LogReader> hold;
    DAYBOOK_TRY(const EventBytes first, event_at(parts_.copy, 0, hold));
    next_.genesis = hasher_.chain(Hash{}, hasher_.leaf(first));
    DAYBOOK_TRY(const EventBytes last, event_at(parts_.copy, copy_end_ - 1, hold));
    next_.recorded_at = Instant::from_nanos(header_of(last).recorded_at().nanos());
    return {};
}

Result<void> Tailer::resume_from(const Origin& origin) {
    if (origin.cluster != parts_.cluster) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "the copy in {} was read in the Kafka cluster {}, and this one is {}: take another "
                "folder",
                parts_.folder,
                origin.cluster,
                parts_.cluster
            )};
    }
    if (origin.tip.next > copy_end_) {
        return Error{
            ErrorCode::corrupt,
            fmt::format(
                "the copy in {} ends at position {}, but was read up to {}: remove it, and it is "
                "made anew",
                parts_.folder,
                copy_end_,
                origin.tip.next
            )};
    }
    safe_ = origin;
    safe_.place = parts_.place;
    rule_ = Rule{origin.tip, parts_.guard};
    last_of_origin_ = origin.last;
    next_.tip = origin.tip;
    next_.offset = origin.offset;
    if (origin.claim && *origin.claim < copy_end_) {
        std::unique_ptr<LogReader> hold;
        DAYBOOK_TRY(const EventBytes event, event_at(parts_.copy, *origin.claim, hold));
        const auto words = claim_words(event);
        if (words) next_.newest_claim = SeenClaim{*words, *origin.claim};
    }
    return compare_with_copy();
}

// ---- The thread ---------------------------------------------------------------------------------

void Tailer::run() {
    while (true) {
        reader_->wait(read_wait);
        if (is_over()) return;
        const std::scoped_lock judging{judging_};
        auto read = read_on();
        if (!read.ok()) return fail(std::move(read).error());
    }
}

Result<void> Tailer::read_on() {
    is_first_of_page_ = true;
    DAYBOOK_TRY(const std::size_t records, reader_->take([this](RecordRun& run) {
        return take(run);
    }));
    const auto taken = take_confirmed();
    if (is_reading_due()) reader_->resume();
    DAYBOOK_TRY_VOID(taken);
    return end_taking(records);
}

// What we have just sent would be read back, and need not be.
bool Tailer::is_reading_due() const {
    const auto now = parts_.clock.elapsed();
    const bool is_under_way = expected_.sent && !expected_.is_confirmed;
    return now >= paused_until_ && (!is_under_way || now - expected_.since >= confirmed_soon);
}

void Tailer::learn_what_is_expected() {
    const std::scoped_lock lock{mutex_};
    if (found_.nonce != watched_nonce_) {
        found_.nonce = watched_nonce_;
        found_.claim.reset();
    }
    if (expected_.number == expectation_.number) {
        expected_.is_confirmed = expectation_.is_confirmed;
        expected_.offset = expectation_.offset;
        if (!expectation_.sent) expected_.sent.reset();
        return;
    }
    expected_ = expectation_;
    found_.expectation = expected_.number;
    found_.is_met = false;
    found_.missed.reset();
}

Result<void> Tailer::take(RecordRun& run) {
    // What is expected was said before it was sent, so before any record of this page came.
    if (std::exchange(is_first_of_page_, false)) learn_what_is_expected();
    const bool is_presumed = presume(run);
    for (std::size_t index = 0; index < run.size(); ++index) {
        const std::uint64_t offset = run.offset(index);
        if (is_presumed) {
            const Incoming incoming{.record = presumed_[index], .event = run.value(index)};
            DAYBOOK_TRY_VOID(judge(incoming, offset, &chains_[index]));
        } else {
            DAYBOOK_TRY_VOID(read(run.record(index)));
        }
        next_.offset = offset + 1;
    }
    // Far behind, the copy takes large groups; near the end, whatever there is.
    return counted_ > 0 && arena_.bytes() >= block_bytes ? hand_over() : Result<void>{};
}

// Not of what we have sent ourselves: that is compared with what we sent.
bool Tailer::presume(RecordRun& run) {
    if (last_of_origin_ || expected_.sent || run.size() == 1) return false;
    const std::size_t last = run.size() - 1;
    values_.clear();
    presumed_.clear();
    for (std::size_t index = 0; index < last; ++index) {
        const auto record = record_of(run.value(index));
        if (!record) return false;
        values_.push_back(run.value(index));
        presumed_.push_back(*record);
    }
    const RawRecord raw = run.record(last);
    const auto incoming = kafka::incoming(raw.value, raw.headers, hasher_);
    if (!incoming) return false;
    leaves_.resize(last);
    lanes_.leaves(values_, leaves_);
    for (std::size_t index = 0; index < last; ++index) presumed_[index].leaf = leaves_[index];
    presumed_.push_back(incoming->record);
    chains_.resize(run.size());
    return kafka::presume(rule_, presumed_, chains_, hasher_);
}

Result<void> Tailer::take_confirmed() {
    learn_what_is_expected();
    const std::shared_ptr<SentGroup> sent = expected_.sent;
    if (!sent || !expected_.is_confirmed || last_of_origin_) return {};
    const std::uint64_t first = expected_.offset.value_or(0);
    const std::uint64_t end = first + sent->count();
    if (!expected_.offset || next_.offset < first || next_.offset >= end) {
        reader_->resume();
        return {};
    }
    next_.unread_records += end - next_.offset;
    if (next_.offset == first && fits_whole(*sent)) DAYBOOK_TRY_VOID(keep_whole(sent));
    for (; next_.offset < end; ++next_.offset) {
        DAYBOOK_TRY_VOID(judge(sent->at(next_.offset - first), next_.offset));
    }
    reader_->skip_to(end);
    reader_->pause();
    paused_until_ = parts_.clock.elapsed() + pause_length;
    return {};
}

// Whether all of it counts, and nothing but it is on the way into the copy. There is no claim in
// what we send while we lead.
bool Tailer::fits_whole(const SentGroup& sent) const {
    const Record& first = sent.record(0);
    const Tip& tip = rule_.tip();
    return first.term == tip.term && sent.term() == tip.term && first.position == tip.next &&
           first.prev == tip.chain && !first.is_claim && first.position >= copy_end_ &&
           rule_.waiting() == 0 && arena_.count() == 0 && !whole_;
}

Result<void> Tailer::keep_whole(const std::shared_ptr<SentGroup>& sent) {
    const std::size_t count = sent->count();
    for (std::size_t index = 0; index < count; ++index) {
        const auto judgement = rule_.judge(sent->record(index), &sent->chain_after(index));
        DAYBOOK_ASSERT(judgement.verdict != Verdict::is_void);
    }
    DAYBOOK_ASSERT(rule_.waiting() == 0);
    whole_ = sent;
    if (!next_.genesis) next_.genesis = sent->chain_after(0);
    next_.offset += count;
    note_judged(next_.offset - 1, sent->record(count - 1).leaf);
    return note_counted(sent->event(count - 1));
}

Result<void> Tailer::end_taking(std::size_t records) {
    const bool is_far_behind = records >= TopicReader::records_max;
    if (is_far_behind && arena_.bytes() < block_bytes && expected_.number == 0) return {};
    next_.end_offset = reader_->end_offset();
    DAYBOOK_TRY_VOID(check_not_behind_copy());
    const bool is_behind = next_.end_offset > next_.offset;
    next_.lag =
        is_behind ? std::chrono::nanoseconds{parts_.clock.now().nanos() - next_.recorded_at.nanos()}
                  : std::chrono::nanoseconds{};
    return hand_over();
}

Result<void> Tailer::read(const RawRecord& raw) {
    if (last_of_origin_) return check_last_record(raw);
    const auto incoming = kafka::incoming(raw.value, raw.headers, hasher_, expected_.sent.get());
    if (incoming) return judge(*incoming, raw.offset);
    ++next_.void_records;
    return {};
}

Result<void> Tailer::judge(
    const Incoming& incoming, std::uint64_t offset, const Hash* chain_after
) {
    const Judgement judgement = rule_.judge(incoming.record, chain_after);
    next_.void_records += judgement.voided;
    if (judgement.voided > 0) {
        const std::size_t waited = arena_.count() - counted_;
        DAYBOOK_ASSERT(waited <= judgement.voided);
        arena_.drop_last(waited);
    }
    if (judgement.verdict == Verdict::is_void) {
        note_void(incoming.record);
    } else {
        DAYBOOK_TRY_VOID(keep(incoming, judgement.verdict));
    }
    if (incoming.record.is_claim) DAYBOOK_TRY_VOID(note_claim(incoming, judgement.verdict));
    note_judged(offset, incoming.record.leaf);
    return {};
}

void Tailer::note_judged(std::uint64_t offset, const Hash& leaf) {
    next_.tip = rule_.tip();
    next_.waiting = rule_.waiting();
    next_.waiting_chain = rule_.waiting_chain();
    if (rule_.waiting() != 0) return;
    safe_.offset = offset + 1;
    safe_.tip = next_.tip;
    safe_.last = leaf;
}

// The record that the copy was last read to: if it is another one, so is the topic.
Result<void> Tailer::check_last_record(const RawRecord& raw) {
    const bool is_same =
        raw.offset + 1 == safe_.offset && hasher_.leaf(raw.value) == *last_of_origin_;
    last_of_origin_.reset();
    next_.is_confirmed = is_same;
    if (is_same) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "topic {} does not hold at offset {} what the copy in {} was read from: it is another "
            "topic of the same name, or was damaged",
            parts_.topic,
            safe_.offset - 1,
            parts_.folder
        )};
}

void Tailer::note_void(const Record& record) {
    ++next_.void_records;
    // A record of an old group that came once more is nobody's concern; one of the group that we
    // wait for is.
    const auto& sent = expected_.sent;
    const bool is_ours = sent && record.position >= sent->first() &&
                         record.position < sent->end() && record.term == sent->term();
    if (!is_ours || found_.missed || found_.is_met) return;
    found_.missed = Error{
        ErrorCode::io,
        fmt::format(
            "topic {}: our record at position {} in term {} is void: the next position was {} in "
            "term {}",
            parts_.topic,
            record.position,
            record.term,
            rule_.tip().next + rule_.waiting(),
            rule_.tip().term
        )};
}

Result<void> Tailer::keep(const Incoming& incoming, Verdict verdict) {
    const Record& record = incoming.record;
    if (verdict == Verdict::fences) return {};
    if (record.position >= copy_end_) {
        arena_.add(incoming.event, {.leaf = record.leaf, .chain = rule_.waiting_chain()});
    }
    if (verdict == Verdict::waits) return {};
    // A batch may be as large as a group can be: what came before it goes first.
    const std::size_t batch = arena_.count() - counted_;
    if (counted_ > 0 && counted_ + batch > group_events_max / 4) DAYBOOK_TRY_VOID(hand_over());
    counted_ = arena_.count();
    if (!next_.genesis) {
        DAYBOOK_ASSERT(copy_end_ == 0 && rule_.tip().next == counted_);
        next_.genesis = arena_.hashes().front().chain;
    }
    return note_counted(incoming.event);
}

Result<void> Tailer::note_counted(std::span<const std::byte> last_event) {
    std::array<std::byte, sizeof(EventHeader)> header;
    std::memcpy(header.data(), last_event.data(), header.size());
    next_.recorded_at =
        Instant::from_nanos(std::bit_cast<EventHeader>(header).recorded_at().nanos());
    DAYBOOK_TRY_VOID(compare_with_copy());
    if (!expected_.sent || rule_.tip().next != expected_.sent->end()) return {};
    // Else another's events have taken its place, and what we sent will be void.
    if (rule_.tip().chain != expected_.sent->chain_after(expected_.sent->count() - 1)) return {};
    found_.is_met = true;
    expected_.sent.reset();
    return {};
}

// A claim may be another node's, ours, or a sign that this is not our book at all.
Result<void> Tailer::note_claim(const Incoming& incoming, Verdict verdict) {
    const auto words = claim_words(incoming.event);
    DAYBOOK_ASSERT(words.has_value());
    if (words->nonce == found_.nonce && !found_.nonce.is_none()) found_.claim = verdict;
    if (verdict == Verdict::is_void) return {};
    if (verdict == Verdict::claims) {
        next_.newest_claim = SeenClaim{*words, incoming.record.position};
    }
    publish_term();
    if (verdict == Verdict::fences) {
        ++next_.fences;
        return check_fence(incoming.record, *words);
    }
    const bool is_open = expected_.sent && !found_.is_met && !found_.missed;
    if (is_open && words->term > expected_.sent->term()) {
        found_.missed = Error{
            ErrorCode::io,
            fmt::format(
                "topic {}: node {}{} has claimed term {} at position {} before our group was read",
                parts_.topic,
                to_string(words->node),
                at_url(words->url),
                words->term,
                incoming.record.position
            )};
    }
    safe_.claim = incoming.record.position;
    if (!incoming.is_copied && safe_.pinned.empty()) safe_.pinned = words->cluster;
    if (!incoming.is_copied && words->cluster != parts_.cluster) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "topic {} is a mirror: the claim at position {} was made in the Kafka cluster {}, "
                "and this one is {}",
                parts_.topic,
                incoming.record.position,
                words->cluster,
                parts_.cluster
            )};
    }
    const bool is_first = incoming.record.position == 0;
    const std::string genesis = next_.genesis ? hex(*next_.genesis) : std::string{};
    if (is_first ? words->genesis.empty() : words->genesis == genesis) return {};
    return Error{
        ErrorCode::conflict,
        fmt::format(
            "topic {}: the claim at position {} belongs to a book that begins with {}, and this "
            "one begins with {}",
            parts_.topic,
            incoming.record.position,
            words->genesis,
            genesis
        )};
}

// Who claims has read the whole topic, so the events that the claim goes on from must be there.
Result<void> Tailer::check_fence(const Record& record, const ClaimWords& words) const {
    if (record.position < rule_.tip().next) return {};
    const bool is_short = record.position > rule_.tip().next;
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "topic {}: node {} claimed term {} {} position {}, and the topic {}: records were lost "
            "or altered",
            parts_.topic,
            to_string(words.node),
            words.term,
            is_short ? "at" : "after other events than there are before",
            record.position,
            is_short ? fmt::format("has events up to {} only", rule_.tip().next)
                     : std::string{"no longer has those"}
        )};
}

// Where the copy ended when we began, topic and copy must have the same history, and a batch its
// end.
Result<void> Tailer::compare_with_copy() {
    if (is_compared_ || copy_end_ == 0 || rule_.tip().next < copy_end_) return {};
    is_compared_ = rule_.tip().next == copy_end_ && rule_.tip().chain == copy_chain_;
    if (is_compared_) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "the copy in {} and topic {} have different histories before position {}: it is "
            "another "
            "book, or one of them was altered",
            parts_.folder,
            parts_.topic,
            copy_end_
        )};
}

Result<void> Tailer::check_not_behind_copy() {
    const bool is_behind = reader_->is_at_end() && rule_.tip().next < copy_end_;
    if (!is_behind) {
        behind_since_.reset();
        return {};
    }
    const auto now = parts_.clock.elapsed();
    if (!behind_since_) behind_since_ = now;
    if (now - *behind_since_ < behind_patience) return {};
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "topic {} ends at position {}, but the copy in {} holds {} events: records were lost",
            parts_.topic,
            rule_.tip().next,
            parts_.folder,
            copy_end_
        )};
}

// What waits for the rest of its batch stays here.
Result<void> Tailer::hand_over() {
    const bool is_ours = whole_ != nullptr;
    Block block{
        .events = counted_ > 0 ? copier_->spare() : EventArena{},
        .sent = std::exchange(whole_, nullptr),
        .safe = safe_,
        .state = next_,
        .findings = found_};
    if (counted_ > 0) {
        std::swap(block.events, arena_);
        block.events.split(counted_, arena_);
        counted_ = 0;
    }
    if (is_ours ? copier_->put_now(std::move(block)) : copier_->put(std::move(block))) return {};
    const std::scoped_lock lock{mutex_};
    if (state_.failure) return *state_.failure;
    return Error{ErrorCode::unavailable, "the log is being closed"};
}

void Tailer::publish(const Block& block) {
    const std::scoped_lock lock{mutex_};
    std::optional<Error> failure = std::move(state_.failure);
    state_ = block.state;
    state_.failure = std::move(failure);
    if (block.findings.nonce == watched_nonce_ && block.findings.claim) {
        watched_verdict_ = block.findings.claim;
    }
    if (block.findings.expectation == expectation_.number) {
        is_expectation_met_ |= block.findings.is_met;
        if (!is_expectation_met_ && block.findings.missed) {
            expectation_missed_ = block.findings.missed;
        }
    }
    changed_.notify_all();
}

void Tailer::publish_term() {
    const std::scoped_lock lock{mutex_};
    newest_term_ = {rule_.tip().term, next_.newest_claim};
}

// The first failure stays.
void Tailer::fail(Error error) {
    const std::scoped_lock lock{mutex_};
    if (!state_.failure) state_.failure = std::move(error);
    changed_.notify_all();
}

bool Tailer::is_over() const {
    const std::scoped_lock lock{mutex_};
    return is_stopping_ || state_.failure.has_value();
}

// ---- Those who wait -----------------------------------------------------------------------------

TailState Tailer::state() const {
    const std::scoped_lock lock{mutex_};
    return state_;
}

NewestTerm Tailer::newest_term() const {
    const std::scoped_lock lock{mutex_};
    return newest_term_;
}

Result<void> Tailer::wait_for_offset(std::uint64_t offset, std::chrono::milliseconds patience)
    const {
    std::unique_lock lock{mutex_};
    const auto is_there = [&] { return state_.is_confirmed && state_.offset >= offset; };
    // As long as it goes on, it may take its time.
    for (std::uint64_t seen = UINT64_MAX; seen != state_.offset && !is_there();) {
        seen = state_.offset;
        changed_.wait_for(lock, patience, [&] {
            return is_there() || state_.failure.has_value() || state_.offset != seen;
        });
        if (state_.failure) return *state_.failure;
    }
    if (state_.failure) return *state_.failure;
    if (is_there()) return {};
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "topic {} was read to offset {} of {}, and then nothing came for {} ms",
            parts_.topic,
            state_.offset,
            offset,
            patience.count()
        )};
}

Result<void> Tailer::catch_up(std::chrono::milliseconds patience) const {
    if (const auto failed = state().failure) return *failed;
    DAYBOOK_TRY(const std::uint64_t end, reader_->ask_end(patience));
    return wait_for_offset(end, patience);
}

void Tailer::expect(const std::shared_ptr<SentGroup>& sent) {
    {
        const std::scoped_lock lock{mutex_};
        expectation_ = {
            .number = expectation_.number + 1, .since = parts_.clock.elapsed(), .sent = sent};
        is_expectation_met_ = false;
        expectation_missed_.reset();
    }
    // A thread that must be woken is of use for many.
    if (sent->count() >= hashed_beside_min && copier_->prepare(sent)) return;
    sent->hash(sending_hasher_);
}

void Tailer::confirm(std::optional<std::uint64_t> offset) {
    {
        const std::scoped_lock lock{mutex_};
        expectation_.is_confirmed = true;
        expectation_.offset = offset;
    }
    // While the thread is at work, or the copy is far behind, the thread does it when it can: this
    // one has a limit of time.
    const std::unique_lock judging{judging_, std::try_to_lock};
    if (!judging || !copier_->has_room()) return reader_->interrupt();
    if (is_over()) return;
    auto taken = take_confirmed();
    if (taken.ok()) taken = end_taking(0);
    if (!taken.ok()) fail(std::move(taken).error());
}

Result<void> Tailer::wait_for_group(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] {
        return is_expectation_met_ || expectation_missed_ || state_.failure;
    });
    expectation_.sent.reset();
    if (is_expectation_met_) return {};
    if (expectation_missed_) return *expectation_missed_;
    if (state_.failure) return *state_.failure;
    return Error{
        ErrorCode::io,
        fmt::format(
            "topic {}: our group was confirmed, but is not known to count after {} ms",
            parts_.topic,
            patience.count()
        )};
}

void Tailer::watch_claim(const Id& nonce) {
    const std::scoped_lock lock{mutex_};
    watched_nonce_ = nonce;
    watched_verdict_.reset();
}

Result<Verdict> Tailer::wait_for_claim(std::chrono::milliseconds patience) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] {
        return watched_verdict_.has_value() || state_.failure.has_value();
    });
    if (watched_verdict_) return *watched_verdict_;
    if (state_.failure) return *state_.failure;
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "topic {}: our claim was not read back within {} ms", parts_.topic, patience.count()
        )};
}

}  // namespace daybook::kafka
