#include "tests/runtime/toys/toys.hpp"

#include <array>

#include "tests/runtime/toys/tally_bfbs_generated.h"
#include "tests/runtime/toys/till_bfbs_generated.h"

namespace daybook {
namespace till {
extern const Module module;
}
namespace tally {
extern const Module module;
}

namespace {

template <class CommandRecord, class EventRecord, class BinarySchema>
DomainModule entry(std::string_view name, const char* identifier, const Module* module) {
    return {
        .name = name,
        .identifier = identifier,
        .schema = {BinarySchema::data(), BinarySchema::size()},
        .verify_command = &registry_detail::verify_command<CommandRecord>,
        .verify_event = nullptr,
        .open_event = &registry_detail::open_event<EventRecord>,
        .module = module};
}

template <class Record>
Bytes bytes_of(const Record& record) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(Record::TableType::Pack(builder, &record));
    const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    return {begin, begin + builder.GetSize()};
}

CommandMessage message(std::string_view id, std::size_t slot, Bytes payload) {
    return {
        .id = id_from_code(id),
        .actor = id_from_code("anna"),
        .module = &toy_modules()[slot],
        .payload = std::move(payload)};
}

}  // namespace

std::span<const DomainModule> toy_modules() {
    static const std::array<DomainModule, 2> modules = [] {
        std::array all{
            entry<tally::CommandRecord, tally::EventRecord, tally::EventRecordBinarySchema>(
                "tally", tally::EventRecordIdentifier(), &tally::module
            ),
            entry<till::CommandRecord, till::EventRecord, till::EventRecordBinarySchema>(
                "till", till::EventRecordIdentifier(), &till::module
            )};
        all[0].verify_event = [](std::span<const std::byte> bytes) {
            return registry_detail::verify_event<tally::EventRecord>(
                bytes, tally::EventRecordIdentifier()
            );
        };
        all[1].verify_event = [](std::span<const std::byte> bytes) {
            return registry_detail::verify_event<till::EventRecord>(
                bytes, till::EventRecordIdentifier()
            );
        };
        return all;
    }();
    return modules;
}

namespace toys {

CommandMessage message_of(const till::CommandRecordT& record, std::string_view id) {
    return message(id, 1, bytes_of(record));
}
CommandMessage message_of(const tally::CommandRecordT& record, std::string_view id) {
    return message(id, 0, bytes_of(record));
}

CommandMessage open_till(std::string_view id, std::string_view till) {
    return command(id, till::OpenTillT{.till = id_from_code(till)});
}
CommandMessage put_in(std::string_view id, std::string_view till, std::int64_t amount) {
    return command(id, till::PutInT{.till = id_from_code(till), .amount = amount});
}
CommandMessage take_out(std::string_view id, std::string_view till, std::int64_t amount) {
    return command(id, till::TakeOutT{.till = id_from_code(till), .amount = amount});
}

}  // namespace toys
}  // namespace daybook
