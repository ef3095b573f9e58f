// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.family.ControlRoundTrip;
import org.vsnd.guest.family.DriverCounts;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestPages;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.guest.family.ModernPci;
import org.vsnd.guest.family.SoundRecorded;
import org.vsnd.guest.family.SoundToPlay;

/** A driver that goes by {@link Habits}. Stream 0 plays, stream 1 records. */
final class HabitsDriver implements FamilyDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int HEADER_ROOM = 16;
    private static final long FREES_AFTER_NANOS = 1_000_000_000L;
    private static final long SUSPENDED_NANOS = 30_000_000L;

    private final Bus bus;
    private final Habits habits;
    private final GuestPages memory;
    private final DriverCounts counts = new DriverCounts();
    private final BufferList chain = new BufferList();
    private final List<Slot> slots = new ArrayList<>(); // of the stream that is open
    private @Nullable ModernPci card;
    private @Nullable ControlRoundTrip control;
    private final @Nullable DriverQueue[] queues = new DriverQueue[4];
    private final boolean[] paramsSet = new boolean[2];
    private long messagesSeen;
    private int stream = -1; // open
    private boolean started;
    private boolean driverOk;
    private int statusBits;
    private boolean suspends;
    private int opportunities; // to suspend the card

    /** Memory of one message. */
    private final class Slot {
        final long header = memory.take(frameRoom() + HEADER_ROOM);
        final long status = memory.take(SndWire.STATUS_BYTES);
        boolean pending;

        /** Right behind the header. */
        long frames() {
            return header + 4;
        }

        void free() {
            memory.free(header);
            memory.free(status);
        }
    }

    HabitsDriver(Bus bus, Habits habits) {
        this.bus = bus;
        this.habits = habits;
        memory = new GuestPages(bus);
    }

    private int frameRoom() {
        return habits.messageBytes();
    }

    private ModernPci pci() {
        ModernPci found = card;
        if (found == null) {
            throw new IllegalStateException("not booted");
        }
        return found;
    }

    private DriverQueue queue(int index) {
        DriverQueue queue = queues[index];
        if (queue == null) {
            throw new IllegalStateException("no queue " + index);
        }
        return queue;
    }

    private void addStatus(int bits) {
        statusBits |= bits;
        pci().status(statusBits);
    }

    @Override
    public void boot() {
        card = new ModernPci(bus, memory);
        pci().reset();
        addStatus(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        addStatus(VirtioPciCommonCfg.STATUS_DRIVER);
        long features = pci().deviceFeatures(0) & habits.lowFeatures();
        pci().driverFeatures(0, (int) features);
        if (habits.version1()) {
            int high = pci().deviceFeatures(1) & (int) ((habits.rings() | Features.VERSION_1) >>> 32);
            pci().driverFeatures(1, high);
            features |= (long) high << 32;
        }
        suspends = (features & Features.SUSPEND) != 0 && habits.featuresOk();
        if (habits.featuresOk()) {
            addStatus(VirtioPciCommonCfg.STATUS_FEATURES_OK);
            if ((pci().status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
                throw new GuestTroubleException(false, "FEATURES_OK does not stick");
            }
        }
        if (habits.vectors() > 0) {
            pci().enableMsix(habits.vectors());
        } else {
            pci().enableIntx();
        }
        for (int queue = 0; queue < 4; queue++) {
            if (habits.hasQueue(queue)) {
                queues[queue] = enable(queue, features);
            }
        }
        control = new ControlRoundTrip(bus, pci(), queue(SndWire.CONTROL_QUEUE), memory);
        if (habits.hasQueue(SndWire.EVENT_QUEUE)) {
            if (habits.isWrong(Habits.Mistake.FORGETS_EVENT_RINGS)) {
                enableNothing();
            } else {
                addEvents();
            }
        }
        driverOk(Habits.DriverOk.BEFORE_REQUESTS);
        ask();
        driverOk(Habits.DriverOk.AFTER_INFO);
    }

    private void driverOk(Habits.DriverOk now) {
        if (!driverOk && habits.ok().compareTo(now) <= 0) {
            driverOk = true;
            addStatus(VirtioPciCommonCfg.STATUS_DRIVER_OK);
        }
    }

    private DriverQueue enable(int index, long features) {
        int size = pci().queueSize(index);
        if (habits.queueSize() != 0) {
            size = Math.min(size, habits.queueSize());
        }
        int vector = habits.vectors() <= 0 ? ModernPci.NO_VECTOR : habits.vectors() - 1;
        return pci().enableQueue(index, size, vector, features);
    }

    private void addEvents() {
        long page = memory.take(GuestPages.PAGE);
        for (int i = 0; i < habits.events(); i++) {
            queue(SndWire.EVENT_QUEUE).add(chain.clear().writable(page + 8L * i, 8), i);
        }
        if (habits.events() > 0) {
            kick(SndWire.EVENT_QUEUE);
        }
    }

    /** The event queue is enabled again, with rings that stay empty. */
    private void enableNothing() {
        pci().common(VirtioPciCommonCfg.QUEUE_SELECT, 2, SndWire.EVENT_QUEUE);
        pci().common(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
    }

    private void kick(int index) {
        if (queue(index).needsKick()) {
            pci().notifyQueue(index, habits.isWrong(Habits.Mistake.NOTIFIES_WITH_ZERO) ? 0 : index);
        }
    }

    private int request(int room, int... words) {
        return request(room, SoundDriver.words(words));
    }

    private int request(int room, byte... bytes) {
        return request(bytes, room);
    }

    private int request(byte[] bytes, int... room) {
        ControlRoundTrip requests = control;
        if (requests == null) {
            throw new IllegalStateException("not booted");
        }
        if (!requests.request(bytes, PATIENCE_NANOS, room)) {
            throw new GuestTroubleException(true, "a request is not answered");
        }
        return requests.reply32(0);
    }

    private void requestOk(String what, int room, byte... bytes) {
        int status = request(bytes, room);
        if (status != SndWire.S_OK) {
            throw new GuestTroubleException(false, what + " was answered 0x" + Integer.toHexString(status));
        }
    }

    private void commandOk(String what, int code) {
        requestOk(what, 4, SoundDriver.words(code, stream));
    }

    private void ask() {
        if (habits.isWrong(Habits.Mistake.ASKS_FOR_NO_JACKS)) {
            request(512, SndWire.R_JACK_INFO, 0, 0, SndWire.JACK_INFO_BYTES);
        }
        if (habits.isWrong(Habits.Mistake.HAS_SHORT_REPLY)) {
            request(32, SndWire.R_PCM_INFO, 0, 1, SndWire.PCM_INFO_BYTES);
        }
        byte[] both = SoundDriver.words(SndWire.R_PCM_INFO, 0, 2, SndWire.PCM_INFO_BYTES);
        switch (habits.infos()) {
            case NONE -> {}
            case ALL -> requestOk("PCM_INFO", 4 + 2 * SndWire.PCM_INFO_BYTES, both);
            case ONE_BY_ONE -> {
                for (int i = 0; i < 2; i++) {
                    requestOk(
                            "PCM_INFO",
                            4 + SndWire.PCM_INFO_BYTES,
                            SoundDriver.words(SndWire.R_PCM_INFO, i, 1, SndWire.PCM_INFO_BYTES));
                }
            }
            case STATUS_LAST -> request(both, 2 * SndWire.PCM_INFO_BYTES, 4); // and reads nonsense
            case TWO_BUFFERS -> {
                if (request(both, 4, 2 * SndWire.PCM_INFO_BYTES) != SndWire.S_OK) {
                    throw new GuestTroubleException(false, "PCM_INFO in two buffers was refused");
                }
            }
        }
    }

    private void open(int wanted) {
        if (stream == wanted) {
            again();
            return;
        }
        release();
        stream = wanted;
        if (!habits.isWrong(Habits.Mistake.KEEPS_PARAMS) || !paramsSet[stream]) {
            setParams();
            paramsSet[stream] = true;
        }
        if (habits.isWrong(Habits.Mistake.SETS_PARAMS_TWICE)) {
            setParams();
        }
        if (habits.isWrong(Habits.Mistake.SENDS_SHORT_REQUESTS)) {
            request(4, SndWire.R_PCM_PREPARE);
        }
        commandOk("PREPARE", SndWire.R_PCM_PREPARE);
        if (habits.isWrong(Habits.Mistake.PREPARES_TWICE)) {
            commandOk("PREPARE again", SndWire.R_PCM_PREPARE);
        }
        for (int i = 0; i < habits.inFlight(); i++) {
            slots.add(new Slot());
        }
    }

    /** The stream was not released after the last sound. */
    private void again() {
        if (started || habits.again() == Habits.Again.NOTHING) {
            return;
        }
        if (habits.again() == Habits.Again.SET_PARAMS) {
            setParams();
        }
        commandOk("PREPARE of a stopped stream", SndWire.R_PCM_PREPARE);
        awaitIdle();
    }

    private void setParams() {
        StreamSetup setup = habits.setup();
        int periodBytes = setup.periodBytes() + habits.oddBytes();
        requestOk(
                "SET_PARAMS",
                4,
                SoundDriver.setParamsRequest(
                        stream,
                        periodBytes * setup.periods(),
                        periodBytes,
                        0,
                        setup.channels(),
                        setup.format(),
                        setup.rate()));
    }

    private void start() {
        if (!started) {
            started = true;
            commandOk("START", SndWire.R_PCM_START);
            driverOk(Habits.DriverOk.AFTER_FIRST_START);
        }
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        awaitIdle();
        switch (habits.end()) {
            case DRAIN -> {}
            case DRAIN_STOP -> stopped();
            case DRAIN_STOP_RELEASE -> {
                stopped();
                release();
            }
            case DRAIN_RELEASE_AFTER_STOP_START -> {
                stopped();
                start();
                stopped();
                release();
            }
        }
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        open(0);
        long left = habits.setup().bytesOf(nanos);
        int first = habits.queuedFirst();
        while (left > 0) {
            if (first == 0 || slots.stream().allMatch(slot -> slot.pending)) {
                start();
            }
            suspend(SUSPENDED_NANOS);
            Slot slot = freeSlot();
            int bytes = (int) Math.min(left, frameRoom());
            bus.ram().write(slot.frames(), sound.next(bytes));
            send(slot, bytes, true);
            left -= bytes;
            first--;
        }
        start();
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        if (!habits.hasQueue(SndWire.RX_QUEUE)) {
            throw new GuestTroubleException(false, "the driver has no rx queue");
        }
        open(1);
        start();
        List<Slot> order = new ArrayList<>(); // handed over, in this order
        long left = habits.setup().bytesOf(nanos);
        while (left > 0) {
            while (order.size() < slots.size()) {
                Slot free = slots.stream()
                        .filter(slot -> !order.contains(slot))
                        .findFirst()
                        .orElseThrow();
                think();
                suspend(0); // any longer, and the recording would have a hole
                send(free, frameRoom(), false);
                order.add(free);
            }
            Slot next = order.remove(0);
            await(() -> !next.pending, "a record message does not come back");
            sound.take(bus.ram().read(next.frames(), frameRoom()));
            left -= frameRoom();
        }
        endRecording();
    }

    private void endRecording() {
        stopped();
        switch (habits.recordEnd()) {
            case STOP_RELEASE -> release();
            case STOP_WAIT_RELEASE -> {
                awaitIdle();
                release();
            }
            case STOP_WAIT_FREE -> {
                bus.pass(FREES_AFTER_NANOS);
                takeBack();
                for (Slot slot : slots) {
                    if (slot.pending) {
                        counts.countLost();
                    }
                    slot.free();
                }
                slots.clear();
                stream = -1; // and is never released
            }
        }
    }

    private Slot freeSlot() {
        await(() -> slots.stream().anyMatch(slot -> !slot.pending), "no message comes back");
        think();
        return slots.stream().filter(slot -> !slot.pending).findFirst().orElseThrow();
    }

    /** Perhaps suspends the card, for so long: what runs is played or filled first, and goes on as if nothing had been. */
    private void suspend(long nanos) {
        if (!suspends || !driverOk || ++opportunities % habits.suspendsEvery() != 0) {
            return;
        }
        int suspended = (statusBits & ~VirtioPciCommonCfg.STATUS_DRIVER_OK) | VirtioPciCommonCfg.STATUS_SUSPEND;
        pci().status(statusBits | VirtioPciCommonCfg.STATUS_SUSPEND);
        await(() -> pci().status() == suspended, "the card is not suspended");
        look();
        if (started && !isIdle()) {
            throw new GuestTroubleException(false, "a message is still with a card that is suspended");
        }
        bus.pass(nanos);
        pci().status(suspended | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        if (pci().status() != statusBits) {
            throw new GuestTroubleException(false, "the card is not resumed: status " + pci().status());
        }
    }

    private void think() {
        if (habits.thinkNanos() > 0) {
            bus.pass(habits.thinkNanos());
        }
    }

    private void send(Slot slot, int bytes, boolean output) {
        bus.ram().put32(slot.header, stream);
        bus.ram().put64(slot.status, 0);
        chain.clear();
        boolean together = output && habits.chain() == Habits.Chain.HEADER_WITH_FRAMES;
        if (together) {
            addPieces(slot.header, bytes + 4, false);
        } else {
            chain.readable(slot.header, 4);
            addPieces(slot.frames(), bytes, !output);
        }
        chain.writable(slot.status, SndWire.STATUS_BYTES);
        int index = output ? SndWire.TX_QUEUE : SndWire.RX_QUEUE;
        int token = slots.indexOf(slot);
        if (!queue(index).add(chain, token)) {
            start(); // the ring is smaller than what is to be queued first
            await(() -> queue(index).add(chain, token), "there is no room in the ring");
        }
        slot.pending = true;
        counts.countSent();
        if (habits.isWrong(Habits.Mistake.REUSES_HEADER)) {
            pci().notifyQueue(index, index);
            bus.ram().put32(slot.header, -1);
        } else {
            kick(index);
        }
    }

    private void addPieces(long address, int bytes, boolean writable) {
        int pieces = Math.min(habits.pieces(), bytes);
        int done = 0;
        for (int i = 0; i < pieces; i++) {
            int length = i == pieces - 1 ? bytes - done : bytes / pieces + i;
            if (writable) {
                chain.writable(address + done, length);
            } else {
                chain.readable(address + done, length);
            }
            done += length;
        }
    }

    private boolean interrupted() {
        if (habits.vectors() < 0) {
            return true;
        }
        if (habits.vectors() == 0) {
            return bus.intxAsserted() && (pci().isr() & 1) != 0;
        }
        long now = pci().messages(habits.vectors() - 1);
        boolean came = now != messagesSeen;
        messagesSeen = now;
        return came;
    }

    private void takeBack() {
        if (interrupted()) {
            look();
        }
    }

    /** Interrupt or not. */
    private void look() {
        for (int index = SndWire.TX_QUEUE; index <= SndWire.RX_QUEUE; index++) {
            DriverQueue queue = queues[index];
            if (queue != null) {
                queue.poll((token, length) -> back(slots.get(token)));
            }
        }
    }

    private void back(Slot slot) {
        slot.pending = false;
        int latencyBytes = bus.ram().get32(slot.status + 4);
        counts.countBack(
                bus.ram().get32(slot.status),
                habits.setup().nanosOf(latencyBytes / habits.setup().frameBytes()));
    }

    private void await(BooleanSupplier condition, String hang) {
        BooleanSupplier look = () -> {
            takeBack();
            return condition.getAsBoolean();
        };
        if (habits.lookNanos() > 0) {
            for (long waited = 0; !look.getAsBoolean(); waited += habits.lookNanos()) {
                if (waited > PATIENCE_NANOS) {
                    throw new GuestTroubleException(true, hang);
                }
                bus.pass(habits.lookNanos());
            }
        } else if (!bus.await(look, PATIENCE_NANOS)) {
            throw new GuestTroubleException(true, hang);
        }
    }

    private boolean isIdle() {
        return slots.stream().noneMatch(slot -> slot.pending);
    }

    private void awaitIdle() {
        await(this::isIdle, "not every message comes back");
    }

    private void stopped() {
        if (started) {
            started = false;
            commandOk("STOP", SndWire.R_PCM_STOP);
            if (habits.isWrong(Habits.Mistake.STOPS_WHAT_IS_STOPPED)) {
                request(4, SndWire.R_PCM_STOP, stream);
            }
        }
    }

    private void release() {
        if (stream < 0) {
            return;
        }
        stopped();
        commandOk("RELEASE", SndWire.R_PCM_RELEASE);
        if (habits.isWrong(Habits.Mistake.RELEASES_TWICE)) {
            request(4, SndWire.R_PCM_RELEASE, stream);
        }
        awaitIdle();
        slots.forEach(Slot::free);
        slots.clear();
        stream = -1;
    }

    @Override
    public void stop() {
        switch (habits.cut()) {
            case STOP -> stopped();
            case STOP_RELEASE -> release();
            case STOP_WAIT_RELEASE -> {
                stopped();
                awaitIdle();
                release();
            }
        }
    }

    @Override
    public void close() {
        release();
        pci().reset();
        memory.freeAll();
    }

    @Override
    public DriverCounts counts() {
        return counts;
    }

    @Override
    public GuestPages memory() {
        return memory;
    }
}
