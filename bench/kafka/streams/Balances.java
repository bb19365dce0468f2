import com.google.flatbuffers.Table;
import daybook.accounting.EntryLine;
import daybook.accounting.EntryPosted;
import daybook.accounting.Event;
import daybook.accounting.EventRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/**
 * Folds a book's topic to account balances with Kafka Streams: a RocksDB store with a cache before
 * it and a changelog behind it, exactly once. What it is spared, to its advantage: the rule of
 * validity, batches and hashes.
 *
 * <p>Arguments: BROKERS TOPIC STATE_FOLDER. Runs until all that the topic has now is folded and
 * the store can be asked, then prints seconds, records, peak memory and the balances as JSON.
 */
public final class Balances {
    private static final int HEADER_BYTES = 112;
    private static final int ACCOUNTING = 'A' | 'C' << 8 | 'C' << 16 | 'T' << 24;
    private static final int MODULE_AT = 80;
    private static final String STORE = "balances";
    private static final String APPLICATION = "daybook-balances";
    private static final AtomicLong folded = new AtomicLong();

    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        long waiting = recordsWaiting(arguments[0], new TopicPartition(arguments[1], 0));
        KafkaStreams streams = new KafkaStreams(topology(arguments[1]), settings(arguments));
        streams.start();
        while (folded.get() < waiting || streams.state() != KafkaStreams.State.RUNNING) {
            if (streams.state().hasStartedOrFinishedShuttingDown()) {
                throw new IllegalStateException("the streams ended by themselves");
            }
            Thread.sleep(5);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "{\"seconds\": %.3f, \"records\": %d, \"rss_mib\": %d, \"balances\": %s}%n",
            seconds, waiting, peakMemory(), balances(streams));
        streams.close();
    }

    private static Properties settings(String[] arguments) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[2]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // Without a name of its own, the next start waits 45 s until this member is given up.
        settings.put("group.instance.id", APPLICATION);
        settings.put("auto.offset.reset", "earliest");
        settings.put("fetch.max.bytes", 50 << 20);
        settings.put("max.partition.fetch.bytes", 16 << 20);
        settings.put("max.poll.records", 10_000);
        return settings;
    }

    private static Topology topology(String topic) {
        var store = Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.Long());
        Topology topology = new Topology();
        topology.addSource("events", Serdes.ByteArray().deserializer(),
            Serdes.ByteBuffer().deserializer(), topic);
        topology.addProcessor("fold", Fold::new, "events");
        topology.addStateStore(store.withCachingEnabled(), "fold");
        return topology;
    }

    private static final class Fold implements Processor<byte[], ByteBuffer, Void, Void> {
        private KeyValueStore<String, Long> store;

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            store = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<byte[], ByteBuffer> record) {
            ByteBuffer event = record.value().order(ByteOrder.LITTLE_ENDIAN);
            if (event.getInt(event.position() + MODULE_AT) == ACCOUNTING) post(event);
            folded.incrementAndGet();
        }

        private void post(ByteBuffer event) {
            int start = event.position() + HEADER_BYTES;
            ByteBuffer payload = event.slice(start, event.limit() - start).order(event.order());
            EventRecord record = EventRecord.getRootAsEventRecord(payload);
            if (record.eventType() != Event.EntryPosted) return;
            EntryPosted entry = (EntryPosted) record.event((Table) new EntryPosted());
            for (int index = 0; index < entry.linesLength(); ++index) {
                EntryLine line = entry.lines(index);
                String account = text(line.account().high(), line.account().low());
                Long before = store.get(account);
                store.put(account, (before == null ? 0 : before) + line.baseMinor());
            }
        }
    }

    private static String text(long high, long low) {
        byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        return new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
    }

    /** How many records stand behind what the application committed before, if it ever did. */
    private static long recordsWaiting(String brokers, TopicPartition partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            var ends = admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all().get();
            var groups = admin.listGroups().all().get();
            long committed = 0;
            if (groups.stream().anyMatch(group -> group.groupId().equals(APPLICATION))) {
                var offsets = admin.listConsumerGroupOffsets(APPLICATION)
                    .partitionsToOffsetAndMetadata().get().get(partition);
                committed = offsets == null ? 0 : offsets.offset();
            }
            return ends.get(partition).offset() - committed;
        }
    }

    private static String balances(KafkaStreams streams) {
        Map<String, Long> sorted = new TreeMap<>();
        var store = streams.store(StoreQueryParameters.fromNameAndType(
            STORE, QueryableStoreTypes.<String, Long>keyValueStore()));
        try (var rows = store.all()) {
            rows.forEachRemaining(row -> sorted.put(row.key, row.value));
        }
        List<String> parts = sorted.entrySet().stream()
            .map(row -> "\"" + row.getKey() + "\": " + row.getValue()).toList();
        return "{" + String.join(", ", parts) + "}";
    }

    private static long peakMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
        return 0;
    }
}
