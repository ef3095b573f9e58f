// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Wakeup;

/** Carries out operators' commands on the device thread, in their order. Any thread. */
final class OperatorCommands {
    /** More than this many are not kept: the device thread stands still, or somebody sends them without end. */
    private static final int WAITING_MAX = 64;

    private final CardOperations operations;
    private final Wakeup wakeup;
    private final Queue<Posted> posted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    private record Posted(List<String> words, CompletableFuture<Map<String, Object>> answer) {}

    /** Before the device is first used. */
    OperatorCommands(CardOperations operations, DeviceThread thread) {
        this.operations = operations;
        wakeup = thread.wakeup(this::carryOutAll);
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
                each.answer.complete(operations.carryOut(each.words));
            } catch (PluginException e) {
                each.answer.completeExceptionally(e);
            }
        }
    }
}
