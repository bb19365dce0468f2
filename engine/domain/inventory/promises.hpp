// What is on hand and what of it is promised, while a decision works on a copy of it.
//
// A reservation holds a quantity at a location and whatever is inside it, or one lot at the very
// place where it lies. Of two such sets one contains the other or they share nothing, so that all
// reservations can be kept together exactly when no set has more reserved than it has on hand.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <vector>

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

class Promises {
 public:
    // `today` decides which reservations have lapsed.
    Promises(const Stock& state, Date today) : state_(state), today_(today) {}

    // Where less is free than is wanted, and how much is.
    struct Lack {
        Id location;
        std::int64_t free = 0;
    };
    // Whether so many may leave the place; `order` may use what is held for it.
    [[nodiscard]] std::optional<Lack> take(
        const PlaceKey& place, std::int64_t quantity, const Id& order
    );
    // How many of so many may leave the place without taking what is held for others.
    [[nodiscard]] std::int64_t can_take(
        const PlaceKey& place, std::int64_t quantity, const Id& order
    );
    // Whether the order has something held at this very place.
    [[nodiscard]] bool is_held_for(const PlaceKey& place, const Id& order) const;
    // Whether so many may go from one place to another.
    [[nodiscard]] std::optional<Lack> carry(
        const PlaceKey& from, const PlaceKey& to, std::int64_t quantity
    );
    // So many have come to the place.
    void bring(const PlaceKey& place, std::int64_t quantity);
    // Whether so many can be reserved at the place.
    [[nodiscard]] std::optional<Lack> reserve(const PlaceKey& place, std::int64_t quantity);

    struct Used {
        Id reservation;
        std::int64_t quantity = 0;
    };
    [[nodiscard]] const std::vector<Used>& used() const { return used_; }
    [[nodiscard]] const std::vector<Id>& lapsed() const { return lapsed_; }

 private:
    struct Change {
        std::int64_t on_hand = 0;
        std::int64_t quarantined = 0;
        std::int64_t reserved = 0;
    };
    // A reservation of an order, and what is left of it.
    struct Own {
        Id id;
        const Reservation* reservation = nullptr;
        std::int64_t left = 0;
    };
    [[nodiscard]] std::vector<Own> own_of(const PlaceKey& place, const Id& order) const;
    [[nodiscard]] std::int64_t free_at(const PlaceKey& place, const Id& order) const;
    [[nodiscard]] Held held(const HeldKey& key) const;
    [[nodiscard]] std::int64_t used_of(const Id& reservation) const;
    [[nodiscard]] bool is_quarantined(const PlaceKey& place) const;
    // `to` is where it goes; none: away.
    [[nodiscard]] std::optional<Lack> find_lack(
        const PlaceKey& place, std::int64_t quantity, bool is_taken, const Id& to
    ) const;
    void move(const PlaceKey& place, std::int64_t quantity);
    void unreserve(const Reservation& reservation, std::int64_t quantity);
    void use(const PlaceKey& place, std::int64_t quantity, const Id& order);
    bool lapse(const Id& item);

    const Stock& state_;
    Date today_;
    boost::unordered_flat_map<HeldKey, Change, KeyHash> changes_;
    std::vector<Used> used_;
    std::vector<Id> lapsed_;
    std::vector<Id> items_lapsed_;
};

// The same in the state: what is on hand at a place and around it, and what is reserved there.
void count_on_hand(Stock& state, const PlaceKey& place, std::int64_t change);
void count_reserved(Stock& state, const Reservation& reservation, std::int64_t change);

}  // namespace daybook::inventory
