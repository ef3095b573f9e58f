// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.plugin.CardStatistics;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.server.ClientRules;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.Endpoint;
import org.vsnd.server.ServerException;
import org.vsnd.server.ServerStatistics;
import org.vsnd.server.ServiceManager;
import org.vsnd.server.SocketAccess;
import org.vsnd.server.SocketProtocol;
import org.vsnd.snd.StreamStatistics;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.Host;
import org.vsnd.spi.Operable;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.vfiouser.VfioUserProtocol;
import org.vsnd.vhostuser.StateFile;
import org.vsnd.vhostuser.VhostUserProtocol;

/** A sound card on a socket, with its device thread. Any thread. */
public final class ServedDevice implements AutoCloseable {
    /** For a thread for which a guest waits. */
    public static final int REALTIME_PRIORITY = 50;

    private final Front front;
    private final Path socket;
    private final DeviceServer server;
    private final CardBudget budget;
    private final Thread thread;
    private @Nullable TraceRecorder recorder;
    private @Nullable CardStatistics card;
    private @Nullable Operable operated;
    private volatile boolean failed;

    /**
     * The rules for clients of one of a process's cards.
     *
     * @param cards how many there are
     * @param anyMemoryFile see {@link ClientRules}
     */
    public static ClientRules rules(int cards, boolean anyMemoryFile) {
        return new ClientRules(CardShare.ofThisProcess().among(cards), anyMemoryFile);
    }

    /** Makes a socket for its owner only, and a card that is not recorded; {@link #start} serves them. */
    public ServedDevice(Front front, Path socket, Map<String, String> options, boolean once)
            throws ServerException, PluginException {
        this(
                new CardPlace(front, Endpoint.file(socket, SocketAccess.OWNER_ONLY)),
                ClientRules.STANDARD,
                options,
                once,
                null,
                ServiceManager.NONE);
    }

    /**
     * Makes the socket and the card; {@link #start} serves them.
     *
     * @param place how and where clients connect
     * @param rules what clients may take and give
     * @param options the card's options, as {@code plugin.yaml} describes them
     * @param once stop when the first client has gone
     * @param recording what to record, or null for nothing
     * @param manager keeps the connections of clients that cannot connect again
     * @throws ServerException if the socket cannot be made
     * @throws PluginException if an option is wrong, or the recording cannot begin
     */
    public ServedDevice(
            CardPlace place,
            ClientRules rules,
            Map<String, String> options,
            boolean once,
            @Nullable TraceRequest recording,
            ServiceManager manager)
            throws ServerException, PluginException {
        this.front = place.front();
        this.socket = place.endpoint().path();
        this.budget = rules.budget();
        DeviceServer made = null;
        try {
            made = new DeviceServer(place.endpoint(), rules, protocol(place.state(), options, recording, manager));
        } finally {
            if (made == null && recorder != null) {
                recorder.close();
            }
        }
        this.server = made;
        this.thread = new Thread(() -> serve(once), "vsnd-device-" + socket.getFileName());
    }

    private SocketProtocol.Factory protocol(
            @Nullable StateFile state,
            Map<String, String> options,
            @Nullable TraceRequest recording,
            ServiceManager manager) {
        return switch (front) {
            case VFIO_USER ->
                VfioUserProtocol.serving(
                        host -> recording == null ? plug(host, options) : plugRecorded(host, options, recording));
            case VHOST_USER -> {
                VhostUserProtocol.DeviceFactory factory = (deviceThread, allowed) ->
                        keep(new VirtioSoundPlugin().createDevice(deviceThread, allowed, options));
                yield state == null
                        ? VhostUserProtocol.serving(factory)
                        : VhostUserProtocol.serving(factory, state, manager);
            }
        };
    }

    /**
     * The same on a socket for its owner only and with a back end of the caller's own, whatever the option {@code backend}
     * says; not recorded.
     *
     * @param audio closed with the card
     */
    public ServedDevice(Front front, Path socket, Map<String, String> options, AudioBackend audio)
            throws ServerException, PluginException {
        this.front = front;
        this.socket = socket;
        this.budget = ClientRules.STANDARD.budget();
        this.server = new DeviceServer(
                socket,
                SocketAccess.OWNER_ONLY,
                switch (front) {
                    case VFIO_USER ->
                        VfioUserProtocol.serving(host -> keep(new VirtioSoundPlugin().create(host, options, audio)));
                    case VHOST_USER ->
                        VhostUserProtocol.serving((deviceThread, allowed) ->
                                keep(new VirtioSoundPlugin().createDevice(deviceThread, allowed, options, audio)));
                });
        this.thread = new Thread(() -> serve(false), "vsnd-device-" + socket.getFileName());
    }

    /** Makes a card and closes it: the next one is made in a fraction of the time. */
    public static void warmUp() {
        try {
            Path folder = Files.createTempDirectory("vsnd");
            try {
                new ServedDevice(
                                new CardPlace(
                                        Front.VHOST_USER,
                                        Endpoint.file(folder.resolve("s"), SocketAccess.OWNER_ONLY),
                                        new StateFile(folder.resolve("state"), true)),
                                ClientRules.STANDARD,
                                Map.of("backend", "null"),
                                false,
                                null,
                                ServiceManager.NONE)
                        .close();
            } finally {
                CacheFolder.deleteTree(folder);
            }
        } catch (IOException | PluginException e) {
            System.getLogger(ServedDevice.class.getName()).log(System.Logger.Level.DEBUG, "a card that nobody uses", e);
        }
    }

    private SoundCard plug(Host host, Map<String, String> options) throws PluginException {
        return keep(new VirtioSoundPlugin().create(host, options));
    }

    private <T extends CardStatistics & Operable> T keep(T made) {
        card = made;
        operated = made;
        return made;
    }

    private PciFunction plugRecorded(Host host, Map<String, String> options, TraceRequest recording)
            throws PluginException {
        TraceRecorder opened = recording.open();
        try {
            PciFunction recorded = opened.around(host, with -> plug(with, options));
            recorder = opened;
            return recorded;
        } finally {
            if (recorder == null) {
                opened.close();
            }
        }
    }

    /** Begins to serve. Once. */
    public void start() {
        thread.start();
    }

    private void serve(boolean once) {
        try {
            server.run(once);
        } catch (RuntimeException | Error e) {
            failed = true;
            System.getLogger(ServedDevice.class.getName())
                    .log(System.Logger.Level.ERROR, socket + ": the device stopped, please report this: " + e, e);
        }
    }

    /** The protocol. */
    public Front front() {
        return front;
    }

    /** Where clients connect. */
    public Path socket() {
        return socket;
    }

    /** What the card plays into and records from, as text for people. */
    public String hostAudio() {
        return Objects.requireNonNull(card, "the server makes it").backendName();
    }

    /** What clients did. */
    public ServerStatistics clients() {
        return server.statistics();
    }

    /** What the card takes now for its guest and client, and how much it may take. */
    public List<CardBudget.Use> budgetUse() {
        ServerStatistics clients = server.statistics();
        List<CardBudget.Use> uses = new ArrayList<>(
                Objects.requireNonNull(card, "the server makes it").budgetUse());
        uses.add(use(Limit.DMA_RANGES, clients.memoryRanges()));
        uses.add(use(Limit.MAPPINGS, clients.mappings()));
        uses.add(use(Limit.MAPPED_BYTES, clients.mappedBytes()));
        return uses;
    }

    private CardBudget.Use use(Limit limit, long used) {
        return new CardBudget.Use(limit, used, budget.most(limit));
    }

    /** What each stream did. */
    public List<StreamStatistics> streams() {
        return Objects.requireNonNull(card, "the server makes it").statistics();
    }

    /** Carries out an operator's command, see {@link Operable}. */
    public CompletionStage<Map<String, Object>> operate(List<String> words) {
        return Objects.requireNonNull(operated, "the server makes it").operate(words);
    }

    /**
     * Waits until it no longer serves.
     *
     * @return whether it ended as it should
     */
    public boolean awaitEnd() throws InterruptedException {
        thread.join();
        return !failed;
    }

    /** Stops serving; when this returns, the socket is gone and the host's files are complete. Idempotent. */
    @Override
    public void close() {
        server.close();
        if (recorder != null) {
            recorder.close();
        }
    }
}
