import com.google.flatbuffers.Table;
import daybook.accounting.EntryLine;
import daybook.accounting.EntryPosted;
import daybook.accounting.Event;
import daybook.accounting.EventRecord;
import daybook.wire.Id;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * A book's trial balance, read from its topic in Kafka by nothing of Daybook's but its schemas.
 *
 * <p>Arguments: TOPIC [PROPERTY=VALUE ...], for example bootstrap.servers=127.0.0.1:9092. Reads to
 * the end that the topic has now and prints each account's balance in the book's base currency, in
 * minor units. The classes {@code daybook.*} are made by {@code flatc --java schemas/*.fbs}.
 */
public final class TrialBalance {
    private static final int HEADER_BYTES = 112;
    private static final int ACCOUNTING = 'A' | 'C' << 8 | 'C' << 16 | 'T' << 24;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Validity validity = new Validity();
    private final Map<String, Long> balances = new TreeMap<>();

    public static void main(String[] arguments) {
        Properties properties = new Properties();
        for (String pair : List.of(arguments).subList(1, arguments.length)) {
            String[] parts = pair.split("=", 2);
            properties.put(parts[0], parts[1]);
        }
        TrialBalance balance = new TrialBalance();
        balance.read(new TopicPartition(arguments[0], 0), properties);
        balance.print();
    }

    private void read(TopicPartition partition, Properties properties) {
        List<TopicPartition> one = List.of(partition);
        properties.put("auto.offset.reset", "none");  // A topic without its beginning is refused.
        try (KafkaConsumer<byte[], ByteBuffer> consumer = new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteBufferDeserializer())) {
            consumer.assign(one);
            consumer.seek(partition, 0);
            long end = consumer.endOffsets(one).get(partition);
            while (consumer.position(partition) < end) {
                var records = consumer.poll(PATIENCE);
                if (records.isEmpty()) throw new IllegalStateException("nothing came");
                for (ConsumerRecord<byte[], ByteBuffer> record : records) {
                    if (record.offset() < end) use(record);
                }
            }
        }
    }

    private void use(ConsumerRecord<byte[], ByteBuffer> record) {
        Header term = record.headers().lastHeader("daybook_term");
        ByteBuffer value = record.value();
        if (term == null || value == null || value.remaining() < HEADER_BYTES) return;
        long termNumber = Long.parseLong(new String(term.value(), StandardCharsets.US_ASCII));
        for (ByteBuffer event : validity.eventsOf(termNumber, value)) {
            if (Validity.headerOf(event).module() == ACCOUNTING) post(event);
        }
    }

    private void post(ByteBuffer event) {
        int start = event.position() + HEADER_BYTES;
        ByteBuffer payload = event.slice(start, event.limit() - start).order(event.order());
        EventRecord record = EventRecord.getRootAsEventRecord(payload);
        if (record.eventType() != Event.EntryPosted) return;
        EntryPosted entry = (EntryPosted) record.event((Table) new EntryPosted());
        for (int index = 0; index < entry.linesLength(); ++index) {
            EntryLine line = entry.lines(index);
            balances.merge(text(line.account()), line.baseMinor(), Long::sum);
        }
    }

    /** A code as people wrote it, or a UUID in hex; told apart by the top bit of byte 8. */
    private static String text(Id id) {
        if (id.low() < 0) return String.format("%016x%016x", id.high(), id.low());
        ByteBuffer bytes = ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low());
        return new String(bytes.array(), StandardCharsets.US_ASCII).replace("\0", "");
    }

    private void print() {
        StringBuilder lines = new StringBuilder();
        balances.forEach((account, minor) ->
            lines.append(lines.length() > 0 ? ", " : "").append("\"" + account + "\": " + minor));
        System.out.printf("{\"term\": %d, \"next\": %d, \"skipped\": %d, \"balances\": {%s}}%n",
            validity.term, validity.next, validity.skipped, lines);
    }
}
