#include "engine/runtime/book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daybook {
namespace {

constexpr std::uint8_t header_format = 1;
static_assert(batch_events_max < caused_by_command);

RefusalReport engine_refusal(std::string_view rule, std::uint16_t number, Reason reason) {
    return {.module = "engine", .rule = rule, .number = number, .reason = std::move(reason)};
}

RefusalReport version_differs(std::uint32_t found, std::uint32_t needed) {
    return engine_refusal(
        "version_differs",
        1,
        {.at = "expected_version",
         .found = fmt::format("the document is at version {}", found),
         .needed = fmt::format("version {}", needed)}
    );
}

RefusalReport batch_too_large(std::string found, std::string needed) {
    return engine_refusal(
        "batch_too_large", 2, {.at = "", .found = std::move(found), .needed = std::move(needed)}
    );
}

RefusalReport reactions_too_deep(std::size_t depth_max) {
    return engine_refusal(
        "reactions_too_deep",
        3,
        {.at = "",
         .found = fmt::format("a chain of more than {} reactions", depth_max),
         .needed = fmt::format("at most {}", depth_max)}
    );
}

}  // namespace

// One command, or several that stand or fall together, on the way through the rules.
struct Book::Batch {
    const CommandMessage& first_message;  // Whose batch it is.
    GroupBuffer& group;
    std::size_t first;       // The batch's first event in the group,
    std::size_t first_byte;  // and its place in the group's bytes.
    std::uint64_t position;  // Of the first event.
    Context context;

    [[nodiscard]] std::size_t event_count() const { return group.event_count() - first; }
};

Result<Book> Book::make(std::span<const DomainModule> modules, const EngineLimits& limits) {
    DAYBOOK_TRY(std::vector<ModuleFacts> facts, facts_of(modules));
    return Book{std::move(facts), limits};
}

Book::Book(std::vector<ModuleFacts> facts, const EngineLimits& limits)
    : limits_(limits), facts_(std::move(facts)), is_begun_(facts_.size(), 0) {
    for (const ModuleFacts& module : facts_) states_.push_back(module.module->module->create());
}

std::optional<RefusalReport> Book::decide(std::span<const Request> requests, GroupBuffer& group) {
    DAYBOOK_ASSERT(!requests.empty());
    DAYBOOK_ASSERT(group.next_position() == position_);
    const CommandMessage& first_message = requests.front().message;
    const Instant recorded_at = std::max(requests.front().now, recorded_at_);
    Batch batch{
        .first_message = first_message,
        .group = group,
        .first = group.event_count(),
        .first_byte = group.bytes(),
        .position = position_,
        .context = {
            .command = first_message.id,
            .actor = first_message.actor,
            .recorded_at = recorded_at,
            .today = recorded_at.date()}};
    depths_.clear();
    versions_.begin();
    auto refusal = run_all(batch, requests);
    end_batch(!refusal.has_value());
    if (refusal) {
        group.truncate(batch.first);
        DAYBOOK_ASSERT(group.bytes() == batch.first_byte);
    } else {
        group.seal(batch.first);
        position_ = group.next_position();
        if (batch.event_count() > 0) recorded_at_ = recorded_at;
    }
    DAYBOOK_ASSERT(group.next_position() == position_);
    return refusal;
}

std::optional<RefusalReport> Book::run_all(Batch& batch, std::span<const Request> requests) {
    for (std::size_t index = 0; index < requests.size(); ++index) {
        auto refusal = run(batch, requests[index]);
        if (!refusal) continue;
        std::string& at = refusal->reason.at;
        if (requests.size() > 1) {
            at = fmt::format("commands[{}]{}{}", index, at.empty() ? "" : ".", at);
        }
        return refusal;
    }
    return std::nullopt;
}

std::optional<RefusalReport> Book::run(Batch& batch, const Request& request) {
    DAYBOOK_ASSERT(request.slot < facts_.size());
    if (auto refusal = check_version(request)) return refusal;

    const std::size_t first = batch.event_count();
    const DomainModule& module = *facts_[request.slot].module;
    arena_.clear();
    arena_.set_identifier(module.identifier);
    RefusalAnswer answer = module.module->decide(
        states_[request.slot].get(), request.record.type, request.record.body, batch.context, arena_
    );
    if (answer.number != 0) return report(request.slot, std::move(answer));
    if (auto refusal = emit(batch, request.slot, caused_by_command)) return refusal;

    // Breadth first: the list grows while it is walked. Its length and the depth are limited.
    for (std::size_t index = first; index < batch.event_count(); ++index) {
        if (auto refusal = react_to(batch, index)) return refusal;
    }
    return std::nullopt;
}

std::optional<RefusalReport> Book::check_version(const Request& request) const {
    const auto& needed = request.message.expected_version;
    if (!needed) return std::nullopt;
    const RecordView& record = request.record;
    const MarkedFields& fields = facts_[request.slot].commands[record.type];
    const std::uint32_t found = version_of(fields.document_of(record.body));
    if (found != *needed) return version_differs(found, *needed);
    return std::nullopt;
}

// Moves what a decision or a reaction left in the arena into the group, and applies it.
std::optional<RefusalReport> Book::emit(Batch& batch, std::size_t slot, std::uint32_t cause) {
    const ModuleFacts& facts = facts_[slot];
    const CommandMessage& message = batch.first_message;
    for (const EventArena::Entry& entry : arena_.entries()) {
        const std::span<const std::byte> payload = arena_.bytes_of(entry);
        const std::size_t bytes = sizeof(EventHeader) + payload.size();
        if (batch.event_count() >= limits_.batch_events_max) {
            return batch_too_large(
                fmt::format("more than {} events", limits_.batch_events_max),
                fmt::format("at most {} events in one batch", limits_.batch_events_max)
            );
        }
        if (bytes > event_bytes_max ||
            batch.group.bytes() + bytes > batch.first_byte + limits_.batch_bytes_max) {
            return batch_too_large(
                fmt::format("more than {} bytes of events", limits_.batch_bytes_max),
                fmt::format("at most {} bytes in one batch", limits_.batch_bytes_max)
            );
        }
        // What could not be read back must never be stored.
        const auto event = facts.module->verify_event(payload);
        DAYBOOK_ASSERT(event.has_value());
        const MarkedFields& fields = facts.events[event->type].fields;
        const Id document = fields.document_of(event->body);
        const Date effective = fields.effective_of(event->body);
        const EventHeader header{
            batch.group.next_position(),
            wired(batch.context.recorded_at),
            wired(message.id),
            wired(message.actor),
            wired(document),
            wired(message.trace),
            facts.code,
            wired(effective.is_none() ? batch.context.today : effective),
            document.is_none() ? 0 : version_of(document) + 1,
            static_cast<std::uint32_t>(payload.size()),
            static_cast<std::uint32_t>(batch.event_count()),
            0,
            cause,
            event->type,
            header_format,
            0};
        batch.group.append(header, payload);
        depths_.push_back(
            cause == caused_by_command ? std::uint8_t{0}
                                       : static_cast<std::uint8_t>(depths_[cause] + 1)
        );
        begin_hearers(slot, event->type);
        apply(slot, *event, header);
    }
    return std::nullopt;
}

std::optional<RefusalReport> Book::react_to(Batch& batch, std::size_t index) {
    const EventHeader header = header_of(batch.group.event(batch.first + index));
    const std::size_t source = slot_of(header.module_());
    DAYBOOK_ASSERT(source < facts_.size());
    for (const Hearer& hearer : facts_[source].events[header.type()].reactors) {
        const DomainModule& module = *facts_[hearer.slot].module;
        // The group's memory may move whenever something was emitted: look again each time.
        const auto payload = payload_of(batch.group.event(batch.first + index));
        const RecordView event = facts_[source].module->open_event(payload);
        arena_.clear();
        arena_.set_identifier(module.identifier);
        RefusalAnswer answer = module.module->react(
            states_[hearer.slot].get(), hearer.interest, event.body, batch.context, header, arena_
        );
        if (answer.number != 0) return report(hearer.slot, std::move(answer));
        if (arena_.entries().empty()) continue;
        if (depths_[index] >= limits_.reaction_depth_max) {
            return reactions_too_deep(limits_.reaction_depth_max);
        }
        const auto cause = static_cast<std::uint32_t>(index);
        if (auto refusal = emit(batch, hearer.slot, cause)) return refusal;
    }
    return std::nullopt;
}

RefusalReport Book::report(std::size_t slot, RefusalAnswer refusal) const {
    const ModuleFacts& facts = facts_[slot];
    DAYBOOK_ASSERT(refusal.number < facts.rules.size());
    return {
        .module = facts.module->name,
        .rule = facts.rules[refusal.number],
        .number = refusal.number,
        .reason = std::move(refusal.reason)};
}

void Book::apply(std::size_t slot, const RecordView& event, const EventHeader& header) {
    facts_[slot].module->module->apply(states_[slot].get(), event.type, event.body, header);
    for (const Hearer& hearer : facts_[slot].events[event.type].listeners) {
        const Module& module = *facts_[hearer.slot].module->module;
        module.listen(states_[hearer.slot].get(), hearer.interest, event.body, header);
    }
    const Id document = read(header.document());
    if (!document.is_none()) versions_.at(document) = header.document_version();
}

void Book::begin_hearers(std::size_t slot, std::uint8_t type) {
    begin(slot);
    for (const Hearer& hearer : facts_[slot].events[type].listeners) begin(hearer.slot);
}

void Book::begin(std::size_t slot) {
    if (is_begun_[slot] != 0) return;
    is_begun_[slot] = 1;
    begun_.push_back(slot);
    facts_[slot].module->module->begin(states_[slot].get());
}

void Book::end_batch(bool is_accepted) {
    for (const std::size_t slot : begun_) {
        const Module& module = *facts_[slot].module->module;
        (is_accepted ? module.commit : module.rollback)(states_[slot].get());
        is_begun_[slot] = 0;
    }
    begun_.clear();
    if (is_accepted) {
        versions_.commit();
    } else {
        versions_.rollback();
    }
}

std::optional<Error> Book::replay_one(
    const EventHeader& header, std::span<const std::byte> payload, ReplayTrust trust
) {
    if (header.position() != position_) {
        return Error{
            ErrorCode::corrupt,
            fmt::format("replay: event {} found where {} was due", header.position(), position_)};
    }
    const std::size_t slot = slot_of(header.module_());
    if (header.format() != header_format || slot == facts_.size() || header.type() == 0 ||
        header.type() >= facts_[slot].events.size()) {
        return Error{
            ErrorCode::too_new,
            fmt::format(
                "replay: event {} is of a kind that this program does not know (module {:#010x}, "
                "type {}, format {}): upgrade the program",
                position_,
                header.module_(),
                header.type(),
                header.format()
            )};
    }
    const DomainModule& module = *facts_[slot].module;
    std::optional<RecordView> event;
    if (trust == ReplayTrust::nothing) {
        event = module.verify_event(payload);
    } else {
        event = module.open_event(payload);
    }
    if (!event || event->type != header.type()) {
        return Error{
            ErrorCode::corrupt,
            fmt::format(
                "replay: the payload of event {} is not a whole record of module {}",
                position_,
                module.name
            )};
    }
    apply(slot, *event, header);
    recorded_at_ = read(header.recorded_at());
    ++position_;
    return std::nullopt;
}

// facts_.size() for none of ours. There are few modules, so that a search beats a hash.
std::size_t Book::slot_of(std::uint32_t code) const {
    std::size_t slot = 0;
    while (slot < facts_.size() && facts_[slot].code != code) ++slot;
    return slot;
}

std::uint32_t Book::version_of(const Id& document) const {
    return versions_.get(document);
}

void Book::save(Bytes& out) const {
    Packer packer{out};
    packer.put(position_);
    packer.put(recorded_at_);
    packer.put(static_cast<std::uint32_t>(facts_.size()));
    Bytes section;
    for (std::size_t slot = 0; slot < facts_.size(); ++slot) {
        section.clear();
        facts_[slot].module->module->save(states_[slot].get(), section);
        packer.put(facts_[slot].code);
        packer.put(static_cast<std::uint64_t>(section.size()));
        out.insert(out.end(), section.begin(), section.end());
    }
    versions_.save(packer);
}

bool Book::load(std::span<const std::byte> in) {
    struct Head {
        std::uint64_t position;
        Instant recorded_at;
        std::uint32_t module_count;
    };
    constexpr std::size_t head_bytes = 20;
    constexpr std::size_t section_bytes = 12;
    if (in.size() < head_bytes) return false;
    const Head head = Unpacker{in.first(head_bytes)}.next<Head>();
    in = in.subspan(head_bytes);
    if (head.module_count != facts_.size()) return false;
    for (std::size_t slot = 0; slot < facts_.size(); ++slot) {
        if (in.size() < section_bytes) return false;
        Unpacker unpacker{in.first(section_bytes)};
        const auto code = unpacker.next<std::uint32_t>();
        const auto bytes = unpacker.next<std::uint64_t>();
        in = in.subspan(section_bytes);
        if (code != facts_[slot].code || bytes > in.size()) return false;
        if (!facts_[slot].module->module->load(states_[slot].get(), in.first(bytes))) return false;
        in = in.subspan(bytes);
    }
    Unpacker unpacker{in};
    versions_.load(unpacker);
    position_ = head.position;
    recorded_at_ = head.recorded_at;
    return unpacker.is_whole() && unpacker.at_end();
}

}  // namespace daybook
