#include "projections/core/key.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace daybook;

namespace {

template <class T>
std::string encoded(const T& value) {
    std::string out;
    append_key(out, key_part_for<T>(), value);
    return out;
}

template <class T>
void check_order_and_return(const std::vector<T>& ascending) {
    for (std::size_t index = 0; index < ascending.size(); ++index) {
        const std::string bytes = encoded(ascending[index]);
        if (index > 0) CHECK(encoded(ascending[index - 1]) < bytes);
        T back{};
        KeyReader reader{bytes};
        CHECK(reader.read(back));
        CHECK(reader.at_end());
        CHECK(back == ascending[index]);
    }
}

}  // namespace

TEST_CASE("encoded keys order as their values and come back whole") {
    using Long = std::numeric_limits<std::int64_t>;
    check_order_and_return<std::int64_t>({Long::min(), -1000, -1, 0, 1, 255, 256, Long::max()});
    check_order_and_return<std::uint64_t>({0, 1, 255, 256, UINT64_MAX});
    check_order_and_return<std::int32_t>({INT32_MIN, -2, 0, 7, INT32_MAX});
    check_order_and_return<std::uint16_t>({0, 255, 256, 65'535});
    check_order_and_return<Date>({Date{}, date_min, Date::of(2026, 3, 31), date_max});
    check_order_and_return<Id>({Id{}, Id{1, ~0ULL}, id_from_code("411000"), id_from_code("411001")}
    );
    check_order_and_return<std::string>(
        {"", std::string{"\0", 1}, std::string{"\0a", 2}, "a", std::string{"a\0", 2}, "ab", "b"}
    );
}

TEST_CASE("a text is closed, so that no longer text has it as a prefix") {
    CHECK_FALSE(encoded(std::string{"ab"}).starts_with(encoded(std::string{"a"})));
}

TEST_CASE("keys that are cut short are noticed") {
    const std::string bytes = encoded(std::string{"abc"});
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        std::string back;
        CHECK_FALSE(KeyReader{std::string_view{bytes}.substr(0, length)}.read(back));
    }
    std::uint64_t number = 0;
    CHECK_FALSE(KeyReader{"1234567"}.read(number));
}

TEST_CASE("the key after a prefix is above all that begin with it") {
    CHECK(key_after("a") == "b");
    CHECK(key_after(std::string{"a\xFF"}) == "b");
    CHECK(key_after(std::string{"\xFF\xFF"}).empty());
    CHECK(key_after("").empty());
}
