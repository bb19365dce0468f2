// Both stores keep the same promises: each test runs on each.
#include "engine/store/store.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "engine/base/prng.hpp"
#include "engine/store/memory_store.hpp"
#include "engine/store/rocks_store.hpp"

using namespace daybook;

namespace {

using Rows = std::map<std::string, std::string>;

// A folder of its own for each test, gone afterwards.
class TempFolder {
 public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TempFolder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string rows() const { return path_ + "/rows"; }

 private:
    std::string path_;
};

Rows rows_of(const Store& store, std::string_view from = {}) {
    Rows rows;
    const auto cursor = store.cursor();
    for (cursor->seek(from); cursor->has_entry(); cursor->next()) {
        rows.emplace(cursor->key(), cursor->value());
    }
    REQUIRE(cursor->status().ok());
    return rows;
}

void write(Store& store, const Rows& puts, const std::vector<std::string>& erasures = {}) {
    StoreBatch batch;
    for (auto put = puts.rbegin(); put != puts.rend(); ++put) batch.put(put->first, put->second);
    for (const std::string& key : erasures) batch.erase(key);
    REQUIRE(store.write(batch).ok());
}

RocksOptions tiny() {
    return {.memtable_bytes = 64 << 10, .cache_bytes = 1 << 20, .sorted_file_bytes_min = 2000};
}

template <class Use>
void on_each_store(Use&& use) {
    SUBCASE("in memory") {
        MemoryStore store;
        use(store);
    }
    SUBCASE("in RocksDB") {
        TempFolder folder;
        auto store = RocksStore::open(folder.rows(), tiny());
        REQUIRE(store.ok());
        use(*store.value());
    }
}

std::uint64_t seed() {
    const char* given = std::getenv("DAYBOOK_SEED");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

}  // namespace

TEST_CASE("a batch is stored whole, in whatever order it was collected") {
    on_each_store([](Store& store) {
        write(store, {{"a", "1"}, {"b", "2"}, {std::string{"c\0d", 3}, ""}});
        CHECK(store.get("b").value() == "2");
        CHECK(store.get(std::string{"c\0d", 3}).value() == "");
        CHECK_FALSE(store.get("c").value().has_value());
        write(store, {{"b", "3"}}, {"a"});
        CHECK(rows_of(store) == Rows{{"b", "3"}, {std::string{"c\0d", 3}, ""}});
        CHECK(rows_of(store, "b\x01").size() == 1);
    });
}

TEST_CASE("a cursor sees the store as it was when it was made") {
    on_each_store([](Store& store) {
        write(store, {{"a", "1"}, {"b", "2"}});
        const auto cursor = store.cursor();
        write(store, {{"b", "3"}, {"c", "4"}}, {"a"});
        cursor->seek("");
        REQUIRE(cursor->has_entry());
        CHECK(cursor->key() == "a");
        cursor->next();
        CHECK(cursor->value() == "2");
        cursor->next();
        CHECK_FALSE(cursor->has_entry());
        CHECK(rows_of(store) == Rows{{"b", "3"}, {"c", "4"}});
    });
}

TEST_CASE("a range is erased up to its end, and without an end to the last key") {
    on_each_store([](Store& store) {
        write(store, {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
        REQUIRE(store.erase_range("b", "d").ok());
        CHECK(rows_of(store) == Rows{{"a", "1"}, {"d", "4"}});
        REQUIRE(store.erase_range("b", "").ok());
        CHECK(rows_of(store) == Rows{{"a", "1"}});
        REQUIRE(store.erase_range("x", "").ok());
    });
}

TEST_CASE("both stores agree over random histories with small and large batches") {
    MESSAGE("DAYBOOK_SEED=" << seed());
    Prng random{seed()};
    TempFolder folder;
    auto rocks = RocksStore::open(folder.rows(), tiny());
    REQUIRE(rocks.ok());
    MemoryStore memory;
    for (int round = 0; round < 60; ++round) {
        Rows puts;
        std::map<std::string, bool> erased;
        const std::uint64_t size = random.chance(30) ? 400 : 10;
        for (std::uint64_t index = 0; index < size; ++index) {
            const std::string key = "k" + std::to_string(random.below(500));
            if (random.chance(20)) {
                erased[key] = true;
            } else {
                puts[key] = std::to_string(random.next());
            }
        }
        std::vector<std::string> erasures;
        for (const auto& [key, is_erased] : erased) {
            if (!puts.contains(key)) erasures.push_back(key);
        }
        write(memory, puts, erasures);
        write(*rocks.value(), puts, erasures);
        if (round % 10 == 9) {
            rocks.value().reset();
            rocks = RocksStore::open(folder.rows(), tiny());
            REQUIRE(rocks.ok());
        }
        CHECK(rows_of(memory) == rows_of(*rocks.value()));
    }
}

TEST_CASE("a second process, or a second store, is refused the folder") {
    TempFolder folder;
    const auto first = RocksStore::open(folder.rows());
    REQUIRE(first.ok());
    const auto second = RocksStore::open(folder.rows());
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().code == ErrorCode::busy);
}

TEST_CASE("readers are not disturbed by a writer") {
    on_each_store([](Store& store) {
        write(store, {{"a", "0"}, {"b", "0"}});
        std::thread writer{[&store] {
            for (int round = 1; round <= 200; ++round) {
                StoreBatch batch;
                batch.put("a", std::to_string(round));
                batch.put("b", std::to_string(round));
                if (round % 50 == 0) batch.put("c", std::string(3000, 'x'));
                const Result<void> written = store.write(batch);
                DAYBOOK_ASSERT(written.ok());
            }
        }};
        for (int round = 0; round < 200; ++round) {
            const Rows rows = rows_of(store);
            CHECK(rows.at("a") == rows.at("b"));
        }
        writer.join();
    });
}

TEST_CASE("a store that fails leaves what it had") {
    MemoryStore store;
    write(store, {{"a", "1"}});
    store.fail_after(0);
    StoreBatch batch;
    batch.put("a", "2");
    const Result<void> failed = store.write(batch);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::io);
    CHECK(rows_of(store) == Rows{{"a", "1"}});
}
