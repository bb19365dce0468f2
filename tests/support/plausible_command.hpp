// Random commands for any module, as JSON, made from the schema's description alone: mostly small
// and plausible, so that some are accepted, and now and then as extreme as the wire allows.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/codec/codec.hpp"

namespace daybook {

class PlausibleCommands {
 public:
    explicit PlausibleCommands(std::uint64_t seed) : prng_(seed) {}

    [[nodiscard]] std::string body(const RecordDescription& command) {
        is_wild_ = prng_.chance(15);
        return object(command.fields, 0);
    }

 private:
    static constexpr int depth_max = 4;

    std::string object(const std::vector<FieldDescription>& fields, int depth) {
        std::vector<std::string> members;
        for (const FieldDescription& field : fields) {
            if (!field.is_required && (depth >= depth_max || prng_.chance(40))) continue;
            members.push_back(fmt::format("\"{}\":{}", field.name, value(field, depth)));
        }
        return fmt::format("{{{}}}", fmt::join(members, ","));
    }

    std::string value(const FieldDescription& field, int depth) {
        if (!field.is_list) return one(field, depth);
        std::vector<std::string> elements;
        for (std::uint64_t left = prng_.below(4); left > 0; --left) {
            elements.push_back(one(field, depth));
        }
        return fmt::format("[{}]", fmt::join(elements, ","));
    }

    std::string one(const FieldDescription& field, int depth) {
        switch (field.kind) {
            case FieldKind::boolean: return prng_.chance(50) ? "true" : "false";
            case FieldKind::integer: return integer(field);
            case FieldKind::choice: return quoted(any(field.choices));
            case FieldKind::flags: return fmt::format("[{}]", quoted(any(field.choices)));
            case FieldKind::record:
            case FieldKind::table: return object(field.fields, depth + 1);
            case FieldKind::one_of: {
                const FieldDescription& member = field.fields[prng_.below(field.fields.size())];
                const std::string body = object(member.fields, depth + 1);
                return fmt::format(R"({{"type":"{}","value":{}}})", member.name, body);
            }
            default: return quoted(word(field.kind));
        }
    }

    std::string word(FieldKind kind) {
        const Currency currency = *currency_from_code(prng_.chance(80) ? "EUR" : "USD");
        switch (kind) {
            case FieldKind::money: return to_string(Money::from_minor(number(100'000), currency));
            case FieldKind::unit_price:
                return to_string(UnitPrice::from_micro(number(100'000'000), currency));
            case FieldKind::exchange_rate:
                return to_string(ExchangeRate::from_micro(number(2'000'000)));
            case FieldKind::quantity: return to_string(Quantity::from_milli(number(100'000)));
            case FieldKind::rate: return to_string(Rate::from_ppm(number(1'000'000)));
            case FieldKind::currency: return std::string{code_of(currency)};
            case FieldKind::date: return day();
            case FieldKind::instant:
                return to_string(Instant::from_nanos(prng_.between(0, 2'000'000'000'000'000'000)));
            case FieldKind::id: return id();
            default: return text();
        }
    }

    std::int64_t number(std::int64_t most) {
        if (is_wild_ && prng_.chance(30)) {
            static constexpr std::array<std::int64_t, 5> edges{INT64_MIN, INT64_MAX, -1, 0, 1};
            return edges[prng_.below(edges.size())];
        }
        return prng_.between(prng_.chance(10) ? -most : 1, most);
    }
    std::string integer(const FieldDescription& field) {
        if (is_wild_ && prng_.chance(20)) return fmt::to_string(field.integer_min);
        if (is_wild_ && prng_.chance(20)) return fmt::to_string(field.integer_max);
        return fmt::to_string(prng_.below(20));
    }
    std::string day() {
        if (is_wild_ && prng_.chance(30)) return to_string(prng_.chance(50) ? date_min : date_max);
        return to_string(Date::of(2026, 1, 1).plus_days(static_cast<int>(prng_.below(365))));
    }
    // Few, so that commands meet the same things.
    std::string id() {
        static constexpr std::array<std::string_view, 8> codes{
            "A", "B", "C", "D", "411000", "707000", "VT", "FR20"};
        return std::string{codes[prng_.below(codes.size())]};
    }
    std::string text() {
        static constexpr std::array<std::string_view, 6> texts{
            "Dupont", "a", "FR", "12 rue de l'Église", "x@example.org", "+33123456789"};
        if (is_wild_ && prng_.chance(10)) return std::string(prng_.below(3'000), 'x');
        return std::string{texts[prng_.below(texts.size())]};
    }
    const std::string& any(const std::vector<std::string>& names) {
        return names[prng_.below(names.size())];
    }
    static std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

    Prng prng_;
    bool is_wild_ = false;
};

}  // namespace daybook
