// What a business module is to the engine: functions on its state and on verified bytes. A module
// writes decide, apply, react and listen as plain overloads; module_of makes the table of them.
//
//   Decision decide(const State&, const Command&);                    or with a third Context
//   void     apply(State&, const Event&);                             or with a third EventHeader
//   Decision react(const State&, const other::Event&, const Context&);   or with a fourth
//   EventHeader void     listen(State&, const other::Event&);                     or with a third
//   EventHeader
//
// react() answers another module's event with events of its own, in the same batch; its refusal
// refuses the whole batch. listen() only remembers what it needs of another module's event.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/pack.hpp"
#include "engine/domain/decision.hpp"
#include "engine/domain/read.hpp"
#include "engine/domain/state.hpp"
#include "schemas/envelope.hpp"

namespace daybook {

// What a rule may know besides the state: never a clock.
struct Context {
    Id command;
    Id actor;
    Instant recorded_at;
    Date today;  // The day of recorded_at.
};

// Which members of a schema's unions something handles. Traits is the schema's own mapping from a
// member's type to its number on disk, so the order of a list does not matter.
template <template <class> class Traits, class... Members>
struct Commands {};
template <template <class> class Traits, class... Members>
struct Events {};
template <template <class> class Traits, class... Members>
struct Reactions {};
template <template <class> class Traits, class... Members>
struct Listens {};

// The events of one decision as bytes, each 8-aligned; reused from batch to batch.
class EventArena {
 public:
    struct Entry {
        std::uint8_t type;
        std::size_t offset;
        std::size_t bytes;
    };

    void clear() {
        bytes_.clear();
        entries_.clear();
    }
    template <class Record>
    void add(const Record& record) {
        builder_.Clear();
        builder_.Finish(Record::TableType::Pack(builder_, &record), identifier_);
        const auto* begin = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
        const std::size_t offset = bytes_.size();
        const std::size_t size = builder_.GetSize();
        bytes_.insert(bytes_.end(), begin, begin + size);
        bytes_.resize((bytes_.size() + 7) / 8 * 8);
        entries_.push_back({static_cast<std::uint8_t>(record.event.type), offset, size});
    }
    // The four letters that flatc writes into each buffer; set by the runtime before each call.
    void set_identifier(const char* identifier) { identifier_ = identifier; }

    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    // Valid until the next add() or clear().
    [[nodiscard]] std::span<const std::byte> bytes_of(const Entry& entry) const {
        return std::span{bytes_}.subspan(entry.offset, entry.bytes);
    }

 private:
    flatbuffers::FlatBufferBuilder builder_;
    Bytes bytes_;
    std::vector<Entry> entries_;
    const char* identifier_ = nullptr;
};

// A refusal as the engine carries it: the schema's enum knows the number's name.
struct RefusalAnswer {
    std::uint16_t number = 0;  // 0: not refused.
    Reason reason;
};

// Another module's event that a module wants to hear of.
struct Interest {
    std::string_view module;  // "sales"
    std::uint8_t type;        // Its number in that schema's union Event.
};

using OwnedState = std::unique_ptr<void, void (*)(void*)>;

struct Module {
    OwnedState (*create)();
    RefusalAnswer (*decide
    )(const void* state, std::uint8_t type, const void* command, const Context&, EventArena&);
    void (*apply)(void* state, std::uint8_t type, const void* event, const EventHeader&);
    // `interest` is an index into reactions or listens.
    RefusalAnswer (*react
    )(const void* state,
      std::size_t interest,
      const void* event,
      const Context&,
      const EventHeader&,
      EventArena&);
    void (*listen)(void* state, std::size_t interest, const void* event, const EventHeader&);
    std::span<const Interest> reactions;
    std::span<const Interest> listens;

    void (*begin)(void* state);  // Changes are noted until commit or rollback.
    void (*commit)(void* state);
    void (*rollback)(void* state);
    void (*save)(const void* state, Bytes& out);
    bool (*load)(void* state, std::span<const std::byte> in);  // False if the bytes are not whole.
};

namespace module_detail {

template <template <class> class Traits, class First, class... Rest>
constexpr std::size_t union_size = static_cast<std::size_t>(decltype(Traits<First>::enum_value)::MAX
                                   ) +
                                   1;

// "daybook.sales.InvoiceIssued" -> "sales"
constexpr std::string_view module_in(std::string_view full_name) {
    const std::size_t begin = full_name.find('.') + 1;
    return full_name.substr(begin, full_name.find('.', begin) - begin);
}

template <class Decided>
RefusalAnswer store(const Decided& decision, EventArena& arena) {
    if (decision.is_refused()) {
        return {static_cast<std::uint16_t>(decision.refusal()), decision.reason()};
    }
    for (const auto& record : decision.events()) arena.add(record);
    return {};
}

template <class State, class Command>
auto call_decide(const State& state, const Command& command, const Context& context) {
    if constexpr (requires { decide(state, command, context); }) {
        return decide(state, command, context);
    } else {
        return decide(state, command);
    }
}
template <class State, class Event>
void call_apply(State& state, const Event& event, const EventHeader& header) {
    if constexpr (requires { apply(state, event, header); }) {
        apply(state, event, header);
    } else {
        apply(state, event);
    }
}
template <class State, class Event>
auto call_react(
    const State& state, const Event& event, const Context& context, const EventHeader& header
) {
    if constexpr (requires { react(state, event, context, header); }) {
        return react(state, event, context, header);
    } else {
        return react(state, event, context);
    }
}
template <class State, class Event>
void call_listen(State& state, const Event& event, const EventHeader& header) {
    if constexpr (requires { listen(state, event, header); }) {
        listen(state, event, header);
    } else {
        listen(state, event);
    }
}

using DecideFunction = RefusalAnswer (*)(const void*, const void*, const Context&, EventArena&);
using ApplyFunction = void (*)(void*, const void*, const EventHeader&);
using ReactFunction =
    RefusalAnswer (*)(const void*, const void*, const Context&, const EventHeader&, EventArena&);

template <class State, class List>
struct DecideTable;
template <class State, template <class> class Traits, class... Members>
struct DecideTable<State, Commands<Traits, Members...>> {
    static constexpr std::size_t size = union_size<Traits, Members...>;
    static_assert(sizeof...(Members) + 1 == size, "a module must list every command of its schema");
    static constexpr std::array<DecideFunction, size> functions = [] {
        std::array<DecideFunction, size> table{};
        ((table[static_cast<std::size_t>(Traits<Members>::enum_value)] =
              [](const void* state, const void* command, const Context& context, EventArena& arena
              ) {
                  return store(
                      call_decide(
                          *static_cast<const State*>(state),
                          *static_cast<const Members*>(command),
                          context
                      ),
                      arena
                  );
              }),
         ...);
        return table;
    }();
};

template <class State, class List>
struct ApplyTable;
template <class State, template <class> class Traits, class... Members>
struct ApplyTable<State, Events<Traits, Members...>> {
    static constexpr std::size_t size = union_size<Traits, Members...>;
    static_assert(sizeof...(Members) + 1 == size, "a module must list every event of its schema");
    static constexpr std::array<ApplyFunction, size> functions = [] {
        std::array<ApplyFunction, size> table{};
        ((table[static_cast<std::size_t>(Traits<Members>::enum_value)] =
              [](void* state, const void* event, const EventHeader& header) {
                  call_apply(
                      *static_cast<State*>(state), *static_cast<const Members*>(event), header
                  );
              }),
         ...);
        return table;
    }();
};

// The interests of one list and the functions that serve them, in the same order.
template <class State, class List>
struct Hears;
template <class State, template <class> class Traits, class... Members>
struct Hears<State, Reactions<Traits, Members...>> {
    static constexpr std::array<Interest, sizeof...(Members)> reactions{Interest{
        module_in(Members::GetFullyQualifiedName()),
        static_cast<std::uint8_t>(Traits<Members>::enum_value)}...};
    static constexpr std::array<ReactFunction, sizeof...(Members)> react_functions{
        [](const void* state,
           const void* event,
           const Context& context,
           const EventHeader& header,
           EventArena& arena) {
            return store(
                call_react(
                    *static_cast<const State*>(state),
                    *static_cast<const Members*>(event),
                    context,
                    header
                ),
                arena
            );
        }...};
    static constexpr std::array<Interest, 0> listens{};
    static constexpr std::array<ApplyFunction, 0> listen_functions{};
};
template <class State, template <class> class Traits, class... Members>
struct Hears<State, Listens<Traits, Members...>> {
    static constexpr std::array<Interest, 0> reactions{};
    static constexpr std::array<ReactFunction, 0> react_functions{};
    static constexpr std::array<Interest, sizeof...(Members)> listens{Interest{
        module_in(Members::GetFullyQualifiedName()),
        static_cast<std::uint8_t>(Traits<Members>::enum_value)}...};
    static constexpr std::array<ApplyFunction, sizeof...(Members)> listen_functions{
        [](void* state, const void* event, const EventHeader& header) {
            call_listen(*static_cast<State*>(state), *static_cast<const Members*>(event), header);
        }...};
};

template <class T, std::size_t... Sizes>
constexpr auto concat(const std::array<T, Sizes>&... arrays) {
    std::array<T, (0 + ... + Sizes)> all{};
    std::size_t at = 0;
    ((std::copy(arrays.begin(), arrays.end(), all.begin() + static_cast<std::ptrdiff_t>(at)),
      at += Sizes),
     ...);
    return all;
}

template <class State, class CommandList, class EventList, class... Others>
struct ModuleOf {
    static constexpr auto reactions = concat<Interest>(Hears<State, Others>::reactions...);
    static constexpr auto listens = concat<Interest>(Hears<State, Others>::listens...);
    static constexpr auto react_functions =
        concat<ReactFunction>(Hears<State, Others>::react_functions...);
    static constexpr auto listen_functions =
        concat<ApplyFunction>(Hears<State, Others>::listen_functions...);

    static OwnedState create() {
        return {std::make_unique<State>().release(), [](void* state) {
                    std::unique_ptr<State>{static_cast<State*>(state)}.reset();
                }};
    }
    static RefusalAnswer decide_any(
        const void* state,
        std::uint8_t type,
        const void* command,
        const Context& context,
        EventArena& arena
    ) {
        constexpr const auto& functions = DecideTable<State, CommandList>::functions;
        DAYBOOK_ASSERT(type > 0);
        DAYBOOK_ASSERT(type < functions.size());
        return functions[type](state, command, context, arena);
    }
    static void apply_any(
        void* state, std::uint8_t type, const void* event, const EventHeader& header
    ) {
        constexpr const auto& functions = ApplyTable<State, EventList>::functions;
        DAYBOOK_ASSERT(type > 0);
        DAYBOOK_ASSERT(type < functions.size());
        functions[type](state, event, header);
    }
    static RefusalAnswer react_any(
        const void* state,
        std::size_t interest,
        const void* event,
        const Context& context,
        const EventHeader& header,
        EventArena& arena
    ) {
        DAYBOOK_ASSERT(interest < react_functions.size());
        return react_functions[interest](state, event, context, header, arena);
    }
    static void listen_any(
        void* state, std::size_t interest, const void* event, const EventHeader& header
    ) {
        DAYBOOK_ASSERT(interest < listen_functions.size());
        listen_functions[interest](state, event, header);
    }
    static State& of(void* state) { return *static_cast<State*>(state); }
    static void begin(void* state) {
        for_each_container(of(state), [](auto& container) { container.begin(); });
    }
    static void commit(void* state) {
        for_each_container(of(state), [](auto& container) { container.commit(); });
    }
    static void rollback(void* state) {
        for_each_container(of(state), [](auto& container) { container.rollback(); });
    }
    static void save(const void* state, Bytes& out) {
        Packer packer{out};
        for_each_container(*static_cast<const State*>(state), [&](const auto& container) {
            container.save(packer);
        });
    }
    static bool load(void* state, std::span<const std::byte> in) {
        Unpacker unpacker{in};
        for_each_container(of(state), [&](auto& container) { container.load(unpacker); });
        return unpacker.is_whole() && unpacker.at_end();
    }
};

}  // namespace module_detail

// The state, every command and every event of the schema, then any number of Reactions and Listens.
template <class State, class CommandList, class EventList, class... Others>
constexpr Module module_of() {
    using Of = module_detail::ModuleOf<State, CommandList, EventList, Others...>;
    return {
        .create = &Of::create,
        .decide = &Of::decide_any,
        .apply = &Of::apply_any,
        .react = &Of::react_any,
        .listen = &Of::listen_any,
        .reactions = Of::reactions,
        .listens = Of::listens,
        .begin = &Of::begin,
        .commit = &Of::commit,
        .rollback = &Of::rollback,
        .save = &Of::save,
        .load = &Of::load,
    };
}

}  // namespace daybook
