// Random commands of every module: JSON to bytes to JSON to the same bytes. The commands are made
// from the schemas' descriptions, so a new module is tested without being named here.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/base/prng.hpp"
#include "engine/codec/codec.hpp"
#include "tests/codec/bakery_module.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;

namespace {

class CommandMaker {
 public:
    explicit CommandMaker(std::uint64_t seed) : prng_(seed) {}

    std::string body(const RecordDescription& command) { return object(command.fields, 0); }

 private:
    std::string object(const std::vector<FieldDescription>& fields, int depth) {
        std::vector<std::string> members;
        for (const FieldDescription& field : fields) {
            if (!field.is_required && prng_.chance(30)) continue;
            const bool has_parts =
                field.kind == FieldKind::table || field.kind == FieldKind::record;
            if (has_parts && field.fields.empty()) continue;  // Inside itself.
            const auto at = static_cast<std::ptrdiff_t>(prng_.below(members.size() + 1));
            members.insert(
                members.begin() + at, fmt::format("\"{}\": {}", field.name, value(field, depth))
            );
        }
        return fmt::format("{{{}}}", fmt::join(members, prng_.chance(50) ? "," : " , "));
    }

    std::string value(const FieldDescription& field, int depth) {
        if (!field.is_list) return one(field, depth);
        std::vector<std::string> elements;
        const std::uint64_t most = field.list_length_max == 0 ? 5 : field.list_length_max;
        for (std::uint64_t left = prng_.below(most + 1); left > 0; --left) {
            elements.push_back(one(field, depth));
        }
        return fmt::format("[{}]", fmt::join(elements, ","));
    }

    std::string one(const FieldDescription& field, int depth) {
        switch (field.kind) {
            case FieldKind::boolean: return prng_.chance(50) ? "true" : "false";
            case FieldKind::integer: return integer(field);
            case FieldKind::choice: return quoted(any(field.choices));
            case FieldKind::flags: return flags(field);
            case FieldKind::text: return quoted(words());
            case FieldKind::record:
            case FieldKind::table: return object(field.fields, depth + 1);
            case FieldKind::one_of: {
                const FieldDescription& member = field.fields[prng_.below(field.fields.size())];
                return fmt::format(
                    R"({{"type": "{}", "value": {}}})",
                    member.name,
                    object(member.fields, depth + 1)
                );
            }
            default: return quoted(word(field.kind));
        }
    }

    std::string word(FieldKind kind) {
        const auto number = static_cast<std::int64_t>(prng_.next() >> prng_.below(63));
        const auto any_currency = all_currencies()[prng_.below(all_currencies().size())].number;
        switch (kind) {
            case FieldKind::money: return to_string(Money::from_minor(number, any_currency));
            case FieldKind::unit_price:
                return to_string(UnitPrice::from_micro(number, any_currency));
            case FieldKind::exchange_rate: return to_string(ExchangeRate::from_micro(number));
            case FieldKind::quantity: return to_string(Quantity::from_milli(number));
            case FieldKind::rate: return to_string(Rate::from_ppm(number));
            case FieldKind::currency: return std::string{code_of(any_currency)};
            case FieldKind::date:
                return to_string(Date::from_days(
                    static_cast<std::int32_t>(prng_.between(date_min.days(), date_max.days()))
                ));
            case FieldKind::instant:
                return to_string(Instant::from_nanos(prng_.between(0, 9'000'000'000'000'000'000)));
            default: break;
        }
        if (prng_.chance(50)) return fmt::format("C-{}", prng_.below(100'000));
        if (prng_.chance(10)) return R"(\"a\\)";
        return to_string(uuid_v7(prng_.below(1ULL << 47), prng_.next(), prng_.next()));
    }

    std::string integer(const FieldDescription& field) {
        if (prng_.chance(20)) return fmt::to_string(field.integer_min);
        if (prng_.chance(20)) return fmt::to_string(field.integer_max);
        return fmt::to_string(prng_.below(100));
    }
    std::string flags(const FieldDescription& field) {
        std::vector<std::string> names;
        for (const std::string& name : field.choices) {
            if (prng_.chance(50)) names.push_back(quoted(name));
        }
        return fmt::format("[{}]", fmt::join(names, ","));
    }
    std::string words() {
        std::string text;
        static constexpr std::string_view parts[] = {
            "a", "Łódź", " ", "\\n", "\\\"", "\\u0000", "\\ud83d\\ude00", "/", "😀", "\\\\", "7"};
        for (std::uint64_t left = prng_.below(8); left > 0; --left) {
            text += parts[prng_.below(std::size(parts))];
        }
        return text;
    }
    const std::string& any(const std::vector<std::string>& names) {
        return names[prng_.below(names.size())];
    }
    static std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

    Prng prng_;
};

void check_round_trips(std::span<const DomainModule> modules, int rounds) {
    Codec codec{modules};
    const std::uint64_t seed = test_seed();
    CommandMaker maker{seed};
    for (int round = 0; round < rounds; ++round) {
        for (const RecordDescription& command : codec.commands()) {
            const std::string body = maker.body(command);
            INFO("DAYBOOK_SEED=", seed, " ", command.full_name(), " ", body);
            const auto first = codec.command_of_body(command.full_name(), body);
            REQUIRE_MESSAGE(first.ok(), first.error().message);
            std::string written;
            REQUIRE(codec.append_command(first.value(), written).ok());
            const auto second = codec.command(written);
            REQUIRE_MESSAGE(second.ok(), second.error().message, " ", written);
            REQUIRE(first.value().payload == second.value().payload);
        }
    }
}

}  // namespace

TEST_CASE("random commands of a schema with every kind of field survive JSON") {
    check_round_trips(bakery::modules(), 2'000);
}

TEST_CASE("random commands of every registered module survive JSON") {
    check_round_trips(domain_modules(), 100);
}

TEST_CASE("the example of every command is a command") {
    for (const auto modules : {bakery::modules(), domain_modules()}) {
        Codec codec{modules};
        for (const RecordDescription& command : codec.commands()) {
            INFO(command.full_name(), " ", command.example);
            const auto message = codec.command_of_body(command.full_name(), command.example);
            CHECK(message.ok());
        }
    }
}
