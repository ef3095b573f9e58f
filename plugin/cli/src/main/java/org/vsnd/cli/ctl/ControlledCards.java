// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.serve.DeviceReport;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.spi.PluginException;

/** Carries out requests for the cards of a process. Any thread. */
public final class ControlledCards {
    private static final Gson GSON = new Gson();
    private static final String STATS = "stats";

    private final List<ServedDevice> devices;

    /**
     * A command.
     *
     * @param card the number of the card that it is for, from 0; null if there is only one
     */
    record Request(@Nullable Integer card, @Nullable List<String> words) {}

    /** What comes of it: one of these. */
    record Reply(@Nullable JsonElement answer, @Nullable String error) {}

    /** @param devices in the order of their numbers */
    public ControlledCards(List<ServedDevice> devices) {
        this.devices = List.copyOf(devices);
    }

    /** The line that answers a line. */
    CompletionStage<String> answer(String line) {
        return carryOut(line)
                .handle((answer, failure) ->
                        GSON.toJson(failure == null ? new Reply(answer, null) : new Reply(null, sentence(failure))));
    }

    private CompletionStage<JsonElement> carryOut(String line) {
        try {
            Request request = GSON.fromJson(line, Request.class);
            if (request == null || request.words() == null || request.words().contains(null)) {
                throw new PluginException("a request is {\"card\":0,\"words\":[\"streams\"]}");
            }
            ServedDevice device = device(request.card());
            if (request.words().equals(List.of(STATS))) {
                return CompletableFuture.completedFuture(DeviceReport.of(device));
            }
            CompletionStage<Map<String, Object>> answer = device.operate(request.words());
            return answer.thenApply(GSON::toJsonTree);
        } catch (JsonParseException e) {
            return CompletableFuture.failedFuture(new PluginException("no JSON: " + e.getMessage()));
        } catch (PluginException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private ServedDevice device(@Nullable Integer card) throws PluginException {
        if (card == null && devices.size() == 1) {
            return devices.get(0);
        }
        if (card == null || card < 0 || card >= devices.size()) {
            throw new PluginException("give --card with a number from 0 to " + (devices.size() - 1)
                    + ": the cards are numbered as they were given to vsnd serve");
        }
        return devices.get(card);
    }

    private static String sentence(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof PluginException
                ? String.valueOf(cause.getMessage())
                : "this is a fault in vsnd: " + cause;
    }
}
