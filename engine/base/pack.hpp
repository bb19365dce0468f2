// Plain structs as bytes, for snapshots and rows: fields in order, little-endian, no padding. Any
// aggregate of the types below works without being told (Boost.PFR finds its fields).
#pragma once

#include <boost/pfr/core.hpp>
#include <concepts>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/id.hpp"
#include "engine/base/money.hpp"
#include "engine/base/quantity.hpp"
#include "engine/base/rate.hpp"

namespace daybook {

using Bytes = std::vector<std::byte>;

template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <class T>
concept PlainStruct = std::is_aggregate_v<T> && std::is_class_v<T>;

class Packer;
class Unpacker;
// A class with an invariant writes and reads itself; load() calls fail() on what it must not be.
template <class T>
concept PacksItself =
    !PlainStruct<T> && requires(const T& whole, T& empty, Packer& to, Unpacker& from) {
    whole.save(to);
    empty.load(from);
};

// Writes values at the end of a byte vector.
class Packer {
 public:
    explicit Packer(Bytes& out) : out_(out) {}

    template <Scalar T>
    void put(T value) {
        const std::size_t at = out_.size();
        out_.resize(at + sizeof(T));
        std::memcpy(out_.data() + at, &value, sizeof(T));
    }
    void put(const Money& value) {
        put(value.minor());
        put(value.currency());
    }
    void put(const UnitPrice& value) {
        put(value.micro());
        put(value.currency());
    }
    void put(const ExchangeRate& value) { put(value.micro()); }
    void put(const Quantity& value) { put(value.milli()); }
    void put(const Rate& value) { put(value.ppm()); }
    void put(const Date& value) { put(value.days()); }
    void put(const Instant& value) { put(value.nanos()); }
    void put(const std::string& value) {
        put(static_cast<std::uint32_t>(value.size()));
        const auto* bytes = reinterpret_cast<const std::byte*>(value.data());
        out_.insert(out_.end(), bytes, bytes + value.size());
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class A, class B>
    void put(const std::pair<A, B>& value) {
        put(value.first);
        put(value.second);
    }
    template <class T>
    void put(const std::vector<T>& value) {
        put_range(value);
    }
    template <class K, class V>
    void put(const std::map<K, V>& value) {
        put_range(value);
    }
    template <class T>
    void put(const std::set<T>& value) {
        put_range(value);
    }
    template <PlainStruct T>
    void put(const T& value) {
        boost::pfr::for_each_field(value, [this](const auto& field) { this->put(field); });
    }
    template <PacksItself T>
    void put(const T& value) {
        value.save(*this);
    }

 private:
    void put_range(const auto& range) {
        put(static_cast<std::uint32_t>(range.size()));
        for (const auto& element : range) put(element);
    }

    Bytes& out_;
};

// Reads what Packer wrote. After the first short or impossible field is_whole() is false and every
// further value is empty: check once at the end.
class Unpacker {
 public:
    explicit Unpacker(std::span<const std::byte> in) : in_(in) {}

    [[nodiscard]] bool is_whole() const { return whole_; }
    [[nodiscard]] bool at_end() const { return in_.empty(); }
    // What was read cannot have been written.
    void fail() {
        whole_ = false;
        in_ = {};
    }

    template <Scalar T>
    void get(T& value) {
        if (in_.size() < sizeof(T)) {
            fail();
            return;
        }
        if constexpr (std::is_same_v<T, bool>) {
            value = in_[0] != std::byte{0};
        } else {
            std::memcpy(&value, in_.data(), sizeof(T));
        }
        in_ = in_.subspan(sizeof(T));
    }
    void get(Money& value) {
        const auto minor = next<std::int64_t>();
        value = Money::from_minor(minor, next<Currency>());
    }
    void get(UnitPrice& value) {
        const auto micro = next<std::int64_t>();
        value = UnitPrice::from_micro(micro, next<Currency>());
    }
    void get(ExchangeRate& value) { value = ExchangeRate::from_micro(next<std::int64_t>()); }
    void get(Quantity& value) { value = Quantity::from_milli(next<std::int64_t>()); }
    void get(Rate& value) { value = Rate::from_ppm(next<std::int64_t>()); }
    void get(Date& value) { value = Date::from_days(next<std::int32_t>()); }
    void get(Instant& value) { value = Instant::from_nanos(next<std::int64_t>()); }
    void get(std::string& value) {
        const auto bytes = next<std::uint32_t>();
        if (bytes > in_.size()) {
            fail();
            return;
        }
        value.assign(reinterpret_cast<const char*>(in_.data()), bytes);
        in_ = in_.subspan(bytes);
    }
    template <class T>
    void get(std::optional<T>& value) {
        value.reset();
        if (next<bool>()) get(value.emplace());
    }
    template <class A, class B>
    void get(std::pair<A, B>& value) {
        get(value.first);
        get(value.second);
    }
    template <class T>
    void get(std::vector<T>& value) {
        value.clear();
        for (auto left = next_count(); left > 0 && whole_; --left) get(value.emplace_back());
    }
    template <class K, class V>
    void get(std::map<K, V>& value) {
        value.clear();
        for (auto left = next_count(); left > 0 && whole_; --left) {
            const K key = next<K>();
            get(value[key]);
        }
    }
    template <class T>
    void get(std::set<T>& value) {
        value.clear();
        for (auto left = next_count(); left > 0 && whole_; --left) value.insert(next<T>());
    }
    template <PlainStruct T>
    void get(T& value) {
        boost::pfr::for_each_field(value, [this](auto& field) { this->get(field); });
    }
    template <PacksItself T>
    void get(T& value) {
        value.load(*this);
    }
    template <class T>
    [[nodiscard]] T next() {
        T value{};
        get(value);
        return value;
    }

 private:
    // A count is never larger than what is left, so that damage cannot ask for memory.
    std::uint32_t next_count() {
        const auto count = next<std::uint32_t>();
        if (count > in_.size()) fail();
        return whole_ ? count : 0;
    }

    std::span<const std::byte> in_;
    bool whole_ = true;
};

}  // namespace daybook
