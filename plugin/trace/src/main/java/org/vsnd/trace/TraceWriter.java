// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Writes a trace, one JSON object a line. The caller's writer should buffer. */
public final class TraceWriter implements Closeable {
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final Writer out;
    private final JsonWriter json;

    /** Writes to the given writer, and closes it in the end. */
    public TraceWriter(Writer out) {
        this.out = out;
        json = new JsonWriter(out);
        json.setStrictness(Strictness.LENIENT); // for many objects in one document
    }

    /** Writes one line. */
    public void write(TraceStep step) throws IOException {
        if (step instanceof TraceStep.Unknown unknown) {
            gson.toJson(unknown.line(), json);
        } else {
            json.beginObject();
            json.name("t_us").value(step.micros()).name("agent").value(step.agent());
            writeOperation(step);
            json.endObject();
        }
        out.write('\n');
    }

    /** Writes what has been gathered through to the underlying writer's end. */
    public void flush() throws IOException {
        json.flush();
    }

    @Override
    public void close() throws IOException {
        out.close(); // not the JSON writer, which objects to an empty document
    }

    private void writeOperation(TraceStep step) throws IOException {
        if (step instanceof TraceStep.ConfigAccess access) {
            operation(access.write() ? "cfg_write" : "cfg_read").name("bar").value(-1);
            writeAccess(access.offset(), access.size(), access.value());
        } else if (step instanceof TraceStep.BarAccess access) {
            operation(access.write() ? "mmio_write" : "mmio_read").name("bar").value(access.bar());
            writeAccess(access.offset(), access.size(), access.value());
        } else if (step instanceof TraceStep.Avail avail) {
            writeAvail(avail);
        } else if (step instanceof TraceStep.Used used) {
            writeUsed(used);
        } else if (step instanceof TraceStep.Interrupt interrupt) {
            operation("irq").name("kind").value(interrupt.kind().name().toLowerCase(Locale.ROOT));
            json.name("vector").value(interrupt.vector());
        } else {
            writeGuestStep(step);
        }
    }

    private void writeGuestStep(TraceStep step) throws IOException {
        if (step instanceof TraceStep.MapBar map) {
            operation("map_bar").name("bar").value(map.bar());
            json.name("off").value(map.offset()).name("size").value(map.size());
        } else if (step instanceof TraceStep.Area area) {
            operation("area").name("name").value(area.name());
            json.name("phys").value(hex(area.address())).name("size").value(area.size());
        } else if (step instanceof TraceStep.AreaFree area) {
            operation("area_free").name("phys").value(hex(area.address()));
            json.name("size").value(area.size());
        } else if (step instanceof TraceStep.InterruptInstall install) {
            operation("irq_install").name("irq").value(install.irq());
        } else if (step instanceof TraceStep.Reset reset) {
            operation("reset").name("how").value(reset.how());
        } else if (step instanceof TraceStep.Mark mark) {
            operation("mark").name("name").value(mark.name());
            if (mark.n().isPresent()) {
                json.name("n").value(mark.n().getAsInt());
            }
        } else if (step instanceof TraceStep.Hang hang) {
            operation("hang").name("what").value(hang.what());
        } else if (step instanceof TraceStep.Lost lost) {
            operation("lost").name("steps").value(lost.steps());
        }
    }

    private JsonWriter operation(String name) throws IOException {
        return json.name("op").value(name);
    }

    private void writeAccess(long offset, int size, long value) throws IOException {
        json.name("off").value(offset).name("size").value(size);
        json.name("val").value(hex(value));
    }

    private void writeAvail(TraceStep.Avail avail) throws IOException {
        operation("avail").name("q").value(avail.queue());
        json.name("avail_idx").value(avail.availIdx());
        json.name("avail_flags").value(avail.availFlags()).name("head").value(avail.head());
        if (avail.indirect().isPresent()) {
            TraceStep.IndirectTable table = avail.indirect().get();
            json.name("indirect").beginObject();
            json.name("addr").value(hex(table.address())).name("len").value(table.length());
            json.endObject();
        }
        writeChain("chain", avail.chain());
    }

    private void writeUsed(TraceStep.Used used) throws IOException {
        operation("used").name("q").value(used.queue());
        json.name("used_idx").value(used.usedIdx()).name("id").value(used.id());
        json.name("len").value(used.length());
        writeChain("written", used.written());
    }

    private void writeChain(String name, List<TraceDescriptor> chain) throws IOException {
        json.name(name).beginArray();
        for (TraceDescriptor descriptor : chain) {
            json.beginObject();
            json.name("i").value(descriptor.index()).name("addr").value(hex(descriptor.address()));
            json.name("len").value(descriptor.length());
            json.name("flags").value(descriptor.flags());
            writeContent(descriptor.content());
            json.endObject();
        }
        json.endArray();
    }

    private void writeContent(TraceContent content) throws IOException {
        if (content instanceof TraceContent.Hex bytes) {
            json.name("hex").value(bytes.hex());
        } else if (content instanceof TraceContent.Omitted) {
            json.name("omitted").value(true);
        } else if (content instanceof TraceContent.Summary summary) {
            json.name("head").value(summary.head()).name("crc32").value(summary.crc32());
            if (summary.allZero()) {
                json.name("all_zero").value(true);
            }
            if (summary.blob().isPresent()) {
                json.name("blob").value(summary.blob().get());
            }
        }
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
