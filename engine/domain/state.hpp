// What a module remembers between commands. A module's state is a struct whose members are only the
// containers of this page, so that generic code can undo a refused batch, save a snapshot and load
// it again. The containers note what they change while a batch is open; see Journal.
#pragma once

#include <algorithm>
#include <boost/pfr/core.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/pack.hpp"

namespace daybook {

// Hashes any key made of ids, integers, enums, dates, strings and structs of them.
struct KeyHash {
    using is_avalanching = void;
    std::size_t operator()(const Id& id) const { return hash_of(id); }
    std::size_t operator()(const Date& date) const {
        return hash_of(Id{0, static_cast<std::uint32_t>(date.days())});
    }
    std::size_t operator()(const std::string& text) const { return hash_of(id_from_text(text)); }
    template <Scalar T>
    std::size_t operator()(T value) const {
        return hash_of(Id{0, static_cast<std::uint64_t>(value)});
    }
    template <PlainStruct T>
    std::size_t operator()(const T& key) const {
        Id mixed;
        boost::pfr::for_each_field(key, [&](const auto& field) {
            mixed = Id{hash_of(mixed), (*this)(field)};
        });
        return hash_of(mixed);
    }
};

// Whether changes are being noted, and how to take them back. While a batch is decided the runtime
// calls begin(), then commit() or rollback(); during replay nothing is noted.
template <class Derived, class Key, class Value>
class Journal {
 public:
    void begin() {
        DAYBOOK_ASSERT(!noting_);
        DAYBOOK_ASSERT(before_.empty());
        noting_ = true;
    }
    void commit() {
        noting_ = false;
        forget();
    }
    void rollback() {
        noting_ = false;
        for (auto noted = before_.rbegin(); noted != before_.rend(); ++noted) {
            self().restore(noted->first, std::move(noted->second));
        }
        forget();
    }

 protected:
    void note(const Key& key, const Value* value) {
        if (!noting_) return;
        before_.emplace_back(key, value == nullptr ? std::nullopt : std::optional<Value>{*value});
    }

 private:
    Derived& self() { return static_cast<Derived&>(*this); }
    // What a usual batch needs is kept, what the closing of a year needed is not.
    void forget() {
        before_.clear();
        constexpr std::size_t kept_max = 4096;
        if (before_.capacity() > kept_max) before_.shrink_to_fit();
    }

    std::vector<std::pair<Key, std::optional<Value>>> before_;
    bool noting_ = false;
};

// One T for each key, found by hash. Keep T small: a touched T is copied while a batch is open.
template <class T, class Key = Id>
class Keyed : public Journal<Keyed<T, Key>, Key, T> {
 public:
    // A copy; an empty T if absent.
    [[nodiscard]] T get(const Key& key) const {
        const T* found = find(key);
        return found == nullptr ? T{} : *found;
    }
    // Null if absent; valid until the next change.
    [[nodiscard]] const T* find(const Key& key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool contains(const Key& key) const { return find(key) != nullptr; }
    [[nodiscard]] std::size_t size() const { return values_.size(); }

    // To change it; made empty if absent. Valid until the next at() or erase().
    [[nodiscard]] T& at(const Key& key) {
        const auto [place, inserted] = values_.try_emplace(key);
        this->note(key, inserted ? nullptr : &place->second);
        return place->second;
    }
    void erase(const Key& key) {
        const auto found = values_.find(key);
        if (found == values_.end()) return;
        this->note(key, &found->second);
        values_.erase(found);
    }

    // In the order of the keys, so that equal states give equal bytes.
    void save(Packer& packer) const {
        std::vector<const std::pair<const Key, T>*> ordered;
        ordered.reserve(values_.size());
        for (const auto& entry : values_) ordered.push_back(&entry);
        std::ranges::sort(ordered, {}, [](const auto* entry) -> const Key& {
            return entry->first;
        });
        packer.put(static_cast<std::uint64_t>(ordered.size()));
        for (const auto* entry : ordered) {
            packer.put(entry->first);
            packer.put(entry->second);
        }
    }
    void load(Unpacker& unpacker) {
        values_.clear();
        for (auto left = unpacker.next<std::uint64_t>(); left > 0 && unpacker.is_whole(); --left) {
            const Key key = unpacker.next<Key>();
            unpacker.get(values_[key]);
        }
    }

 private:
    friend class Journal<Keyed<T, Key>, Key, T>;
    void restore(const Key& key, std::optional<T> before) {
        if (before) {
            values_.insert_or_assign(key, std::move(*before));
        } else {
            values_.erase(key);
        }
    }

    boost::unordered_flat_map<Key, T, KeyHash> values_;
};

// One T for each key, in the order of the keys: for walking a range ("the open items of a party").
template <class T, class Key>
class Sorted : public Journal<Sorted<T, Key>, Key, T> {
 public:
    [[nodiscard]] T get(const Key& key) const {
        const T* found = find(key);
        return found == nullptr ? T{} : *found;
    }
    [[nodiscard]] const T* find(const Key& key) const {
        const auto found = values_.find(key);
        return found == values_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool contains(const Key& key) const { return values_.contains(key); }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    // Read-only, in order: for (auto it = items.from(key); it != items.end(); ++it).
    [[nodiscard]] auto from(const Key& key) const { return values_.lower_bound(key); }
    [[nodiscard]] auto begin_key() const { return values_.begin(); }
    [[nodiscard]] auto end() const { return values_.end(); }

    [[nodiscard]] T& at(const Key& key) {
        const auto [place, inserted] = values_.try_emplace(key);
        this->note(key, inserted ? nullptr : &place->second);
        return place->second;
    }
    void erase(const Key& key) {
        const auto found = values_.find(key);
        if (found == values_.end()) return;
        this->note(key, &found->second);
        values_.erase(found);
    }

    void save(Packer& packer) const { packer.put(values_); }
    void load(Unpacker& unpacker) { unpacker.get(values_); }

 private:
    friend class Journal<Sorted<T, Key>, Key, T>;
    void restore(const Key& key, std::optional<T> before) {
        if (before) {
            values_.insert_or_assign(key, std::move(*before));
        } else {
            values_.erase(key);
        }
    }

    std::map<Key, T> values_;
};

// One T for the whole module: its settings, its counters.
template <class T>
class Single : public Journal<Single<T>, std::uint8_t, T> {
 public:
    [[nodiscard]] const T& get() const { return value_; }
    [[nodiscard]] T& edit() {
        this->note(0, &value_);
        return value_;
    }
    void save(Packer& packer) const { packer.put(value_); }
    void load(Unpacker& unpacker) { unpacker.get(value_); }

 private:
    friend class Journal<Single<T>, std::uint8_t, T>;
    void restore(std::uint8_t, std::optional<T> before) { value_ = std::move(*before); }

    T value_{};
};

template <class C>
concept StateContainer =
    requires(C container, const C& constant, Packer& packer, Unpacker& unpacker) {
    container.begin();
    container.commit();
    container.rollback();
    constant.save(packer);
    container.load(unpacker);
};

// Calls `use` with every container of a module's state.
template <class State, class Use>
void for_each_container(State& state, Use&& use) {
    boost::pfr::for_each_field(state, [&](auto& container) {
        static_assert(
            StateContainer<std::remove_cvref_t<decltype(container)>>,
            "a module's state has only Keyed, Sorted and Single members"
        );
        use(container);
    });
}

}  // namespace daybook
