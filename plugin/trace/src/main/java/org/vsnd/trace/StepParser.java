// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a step of a line's fields. */
final class StepParser {
    private static final int CONFIG_SPACE_BYTES = 4096;
    private static final int MAX_BAR = 5;
    private static final int MAX_UINT16 = 0xffff;
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private final JsonObject line;
    private final JsonFields fields;

    StepParser(JsonObject line, String where) {
        this.line = line;
        fields = new JsonFields(line, where);
    }

    TraceStep parse() throws TraceException {
        long micros = fields.number("t_us", 0, Long.MAX_VALUE / 1000);
        String agent = fields.text("agent");
        String op = fields.text("op");
        return switch (op) {
            case "cfg_read", "cfg_write" -> configAccess(micros, agent, op.equals("cfg_write"));
            case "mmio_read", "mmio_write" -> barAccess(micros, agent, op.equals("mmio_write"));
            case "map_bar" ->
                new TraceStep.MapBar(
                        micros, agent, fields.integer("bar", 0, MAX_BAR), unsigned("off"), unsigned("size"));
            case "area" ->
                new TraceStep.Area(micros, agent, fields.text("name"), fields.hexNumber("phys"), unsigned("size"));
            case "area_free" -> new TraceStep.AreaFree(micros, agent, fields.hexNumber("phys"), unsigned("size"));
            case "avail" -> avail(micros, agent);
            case "used" -> used(micros, agent);
            case "irq" -> interrupt(micros, agent);
            case "irq_install" ->
                new TraceStep.InterruptInstall(micros, agent, fields.integer("irq", 0, Integer.MAX_VALUE));
            case "reset" -> new TraceStep.Reset(micros, agent, fields.text("how"));
            case "mark" -> mark(micros, agent);
            case "hang" -> new TraceStep.Hang(micros, agent, fields.text("what"));
            case "lost" -> new TraceStep.Lost(micros, agent, fields.number("steps", 1, Long.MAX_VALUE));
            default -> new TraceStep.Unknown(micros, agent, op, line);
        };
    }

    private long unsigned(String name) throws TraceException {
        return fields.number(name, 0, Long.MAX_VALUE);
    }

    private TraceStep configAccess(long micros, String agent, boolean write) throws TraceException {
        int size = size(Integer.BYTES);
        int offset = fields.integer("off", 0, CONFIG_SPACE_BYTES - size);
        return new TraceStep.ConfigAccess(micros, agent, write, offset, size, value(size));
    }

    private TraceStep barAccess(long micros, String agent, boolean write) throws TraceException {
        int bar = fields.integer("bar", 0, MAX_BAR);
        int size = size(Long.BYTES);
        return new TraceStep.BarAccess(micros, agent, write, bar, unsigned("off"), size, value(size));
    }

    private int size(int largest) throws TraceException {
        int size = fields.integer("size", 1, largest);
        if (Integer.bitCount(size) != 1) {
            throw fields.refusal("field 'size' must be a power of two");
        }
        return size;
    }

    private long value(int size) throws TraceException {
        long value = fields.hexNumber("val");
        if (size < Long.BYTES && value >>> (Byte.SIZE * size) != 0) {
            throw fields.refusal("field 'val' must fit into " + size + " bytes");
        }
        return value;
    }

    private TraceStep avail(long micros, String agent) throws TraceException {
        Optional<TraceStep.IndirectTable> indirect = Optional.empty();
        if (fields.has("indirect")) {
            JsonFields table = fields.object("indirect");
            indirect = Optional.of(
                    new TraceStep.IndirectTable(table.hexNumber("addr"), table.number("len", 0, MAX_UINT32)));
        }
        return new TraceStep.Avail(
                micros,
                agent,
                fields.integer("q", 0, MAX_UINT16),
                fields.integer("avail_idx", 0, MAX_UINT16),
                fields.integer("avail_flags", 0, MAX_UINT16),
                fields.integer("head", 0, MAX_UINT16),
                indirect,
                descriptors("chain"));
    }

    private TraceStep used(long micros, String agent) throws TraceException {
        return new TraceStep.Used(
                micros,
                agent,
                fields.integer("q", 0, MAX_UINT16),
                fields.integer("used_idx", 0, MAX_UINT16),
                fields.integer("id", 0, MAX_UINT16),
                fields.number("len", 0, MAX_UINT32),
                descriptors("written"));
    }

    private List<TraceDescriptor> descriptors(String name) throws TraceException {
        List<TraceDescriptor> descriptors = new ArrayList<>();
        for (JsonElement element : fields.array(name)) {
            JsonFields descriptor = fields.of(element, "each element of '" + name + "'");
            long length = descriptor.number("len", 0, MAX_UINT32);
            descriptors.add(new TraceDescriptor(
                    descriptor.integer("i", 0, MAX_UINT16),
                    descriptor.hexNumber("addr"),
                    length,
                    descriptor.integer("flags", 0, MAX_UINT16),
                    content(descriptor, length)));
        }
        return descriptors;
    }

    private static TraceContent content(JsonFields descriptor, long length) throws TraceException {
        if (descriptor.has("hex")) {
            String hex = descriptor.hexBytes("hex");
            if (hex.length() != 2 * length) {
                throw descriptor.refusal("field 'hex' must be all " + length + " bytes of the buffer");
            }
            return new TraceContent.Hex(hex);
        }
        if (descriptor.has("head")) {
            String head = descriptor.hexBytes("head");
            String crc32 = descriptor.hexBytes("crc32");
            if (head.length() > 2 * length || crc32.length() != 8) {
                throw descriptor.refusal(
                        "'head' must not be longer than the buffer, and 'crc32' must be eight hexadecimal digits");
            }
            Optional<String> blob = descriptor.has("blob") ? Optional.of(descriptor.text("blob")) : Optional.empty();
            return new TraceContent.Summary(head, crc32, descriptor.isTrue("all_zero"), blob);
        }
        return descriptor.isTrue("omitted") ? TraceContent.OMITTED : TraceContent.NONE;
    }

    private TraceStep interrupt(long micros, String agent) throws TraceException {
        String kind = fields.text("kind");
        if (!kind.equals("msix") && !kind.equals("intx")) {
            throw fields.refusal("field 'kind' must be \"msix\" or \"intx\"");
        }
        TraceStep.InterruptKind known = TraceStep.InterruptKind.valueOf(kind.toUpperCase(Locale.ROOT));
        boolean vectorless = known == TraceStep.InterruptKind.INTX && !fields.has("vector");
        return new TraceStep.Interrupt(
                micros, agent, known, vectorless ? 0 : fields.integer("vector", Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private TraceStep mark(long micros, String agent) throws TraceException {
        OptionalInt n = fields.has("n")
                ? OptionalInt.of(fields.integer("n", Integer.MIN_VALUE, Integer.MAX_VALUE))
                : OptionalInt.empty();
        return new TraceStep.Mark(micros, agent, fields.text("name"), n);
    }
}
