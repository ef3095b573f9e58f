// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsnd.snd.SoundDevice;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Wakeup;

/** Carries out operators' commands on the device thread, in their order. Any thread. */
final class OperatorCommands {
    /** More than this many are not kept: the device thread stands still, or somebody sends them without end. */
    private static final int WAITING_MAX = 64;

    private final SoundDevice device;
    private final Wakeup wakeup;
    private final Queue<Posted> posted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private volatile boolean closed;

    /** What one first word stands for. */
    private interface Command {
        Map<String, Object> carryOut(List<String> words) throws PluginException;
    }

    private record Posted(List<String> words, CompletableFuture<Map<String, Object>> answer) {}

    /** Before the device is first used. */
    OperatorCommands(SoundDevice device, DeviceThread thread) {
        this.device = device;
        wakeup = thread.wakeup(this::carryOutAll);
        commands.put("streams", this::streams);
    }

    /** See {@link org.vsnd.spi.Operable#operate}. */
    CompletionStage<Map<String, Object>> operate(List<String> words) {
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            answer.completeExceptionally(new PluginException(
                    "the card has not answered " + WAITING_MAX + " commands yet: is its machine stopped?"));
            return answer;
        }
        posted.add(new Posted(List.copyOf(words), answer));
        if (closed) {
            refuseAll();
        } else {
            wakeup.signal();
        }
        return answer;
    }

    /** Nothing is carried out any more. */
    void close() {
        closed = true;
        refuseAll();
    }

    private void refuseAll() {
        for (Posted each = posted.poll(); each != null; each = posted.poll()) {
            waiting.decrementAndGet();
            each.answer.completeExceptionally(new PluginException("the card has ended"));
        }
    }

    private void carryOutAll() {
        for (Posted each = posted.poll(); each != null; each = posted.poll()) {
            waiting.decrementAndGet();
            try {
                each.answer.complete(carryOut(each.words));
            } catch (PluginException e) {
                each.answer.completeExceptionally(e);
            }
        }
    }

    private Map<String, Object> carryOut(List<String> words) throws PluginException {
        Command command = words.isEmpty() ? null : commands.get(words.get(0));
        if (command == null) {
            throw new PluginException((words.isEmpty() ? "no command" : "no command " + words.get(0)) + ": there are "
                    + String.join(", ", commands.keySet()));
        }
        return command.carryOut(words);
    }

    private Map<String, Object> streams(List<String> words) throws PluginException {
        if (words.size() > 1) {
            throw new PluginException("streams takes nothing more");
        }
        List<Map<String, Object>> streams = new ArrayList<>();
        for (StreamStatistics stream : device.statistics()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", stream.name());
            one.put("state", stream.state().name().toLowerCase(Locale.ROOT));
            one.put("rate_hz", stream.rateHz());
            one.put("frames", stream.frames());
            one.put("xruns", stream.xruns());
            streams.add(one);
        }
        return Map.of("streams", streams);
    }
}
