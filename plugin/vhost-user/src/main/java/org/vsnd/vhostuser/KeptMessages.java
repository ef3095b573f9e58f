// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.vsnd.vhostuser.VhostUserRequest.ADD_MEM_REG;
import static org.vsnd.vhostuser.VhostUserRequest.SET_FEATURES;
import static org.vsnd.vhostuser.VhostUserRequest.SET_INFLIGHT_FD;
import static org.vsnd.vhostuser.VhostUserRequest.SET_LOG_BASE;
import static org.vsnd.vhostuser.VhostUserRequest.SET_LOG_FD;
import static org.vsnd.vhostuser.VhostUserRequest.SET_PROTOCOL_FEATURES;
import static org.vsnd.vhostuser.VhostUserRequest.SET_STATUS;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_ADDR;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_BASE;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_CALL;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_ENABLE;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_ERR;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_KICK;
import static org.vsnd.vhostuser.VhostUserRequest.SET_VRING_NUM;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The messages that have made a connection what it is: for each thing that a front end sets, the one that has set it. Carried out
 * again in the order of this object, they make another connection the same. Device thread only.
 */
final class KeptMessages {
    /** A message: its bytes with the header, and the names of its descriptors where they are stored. */
    static final class Kept {
        private final byte[] bytes;
        private final int[] names;

        Kept(byte[] bytes, int[] names) {
            this.bytes = bytes;
            this.names = names;
        }

        byte[] bytes() {
            return bytes;
        }

        int[] names() {
            return names;
        }
    }

    /** One message that is kept: a request, and for which ring or for which guest-physical address. */
    private record Thing(VhostUserRequest request, long index) {}

    /** The order in which they are carried out again: a ring starts when everything else is there. */
    private static final List<VhostUserRequest> ORDER = List.of(
            SET_PROTOCOL_FEATURES,
            SET_FEATURES,
            SET_STATUS,
            ADD_MEM_REG,
            SET_LOG_BASE,
            SET_LOG_FD,
            SET_INFLIGHT_FD,
            SET_VRING_NUM,
            SET_VRING_ADDR,
            SET_VRING_BASE,
            SET_VRING_CALL,
            SET_VRING_ERR,
            SET_VRING_KICK,
            SET_VRING_ENABLE);

    /** What a reset of the device leaves of nothing. */
    private static final Set<VhostUserRequest> OF_A_LIFE =
            Set.of(SET_STATUS, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, SET_VRING_KICK, SET_VRING_ENABLE);

    private static final int RING_MASK = 0xff;
    private static final int PAYLOAD = VhostUserHeader.LENGTH;

    private final Map<Thing, Kept> kept = new HashMap<>();

    /** Whether descriptors that come with a request are kept. */
    static boolean keepsDescriptors(VhostUserRequest request) {
        return request == VhostUserRequest.SET_MEM_TABLE || ORDER.contains(request);
    }

    /** Whether the descriptor that answers a message is kept. */
    static boolean keepsReplysDescriptor(Kept message) {
        return request(message.bytes()) == VhostUserRequest.GET_INFLIGHT_FD;
    }

    /**
     * A message has been carried out.
     *
     * @param message its descriptors are ours from now on, where the request keeps them
     * @param reply the answer's payload and its descriptor
     */
    void carriedOut(Kept message, Kept reply) {
        ByteBuffer payload = payload(message.bytes());
        VhostUserRequest request = request(message.bytes());
        switch (request) {
            case SET_FEATURES, SET_PROTOCOL_FEATURES, SET_LOG_BASE, SET_LOG_FD, SET_INFLIGHT_FD ->
                put(request, 0, message);
            case GET_INFLIGHT_FD -> put(SET_INFLIGHT_FD, 0, of(SET_INFLIGHT_FD, reply.bytes(), reply.names()));
            case SET_MEM_TABLE -> {
                kept.keySet().removeIf(thing -> thing.request() == ADD_MEM_REG);
                for (int i = 0; i < message.names().length; i++) {
                    byte[] region = MemoryCommands.regionOfTable(payload, i);
                    put(ADD_MEM_REG, guestAddress(region), of(ADD_MEM_REG, region, new int[] {message.names()[i]}));
                }
            }
            case ADD_MEM_REG -> put(request, guestAddress(bytes(payload)), message);
            case REM_MEM_REG -> kept.remove(new Thing(ADD_MEM_REG, guestAddress(bytes(payload))));
            case SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, SET_VRING_ENABLE ->
                put(request, payload.getInt(0), message);
            case SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR -> put(request, payload.getLong(0) & RING_MASK, message);
            case GET_VRING_BASE -> {
                put(SET_VRING_BASE, payload.getInt(0), of(SET_VRING_BASE, reply.bytes(), new int[0]));
                kept.remove(new Thing(SET_VRING_KICK, payload.getInt(0)));
            }
            case RESET_DEVICE -> reset();
            case SET_STATUS -> {
                if (payload.getLong(0) == 0) {
                    reset();
                } else {
                    put(request, 0, message);
                }
            }
            default -> {
                // it leaves nothing behind
            }
        }
    }

    private void reset() {
        kept.keySet().removeIf(thing -> OF_A_LIFE.contains(thing.request()));
    }

    private void put(VhostUserRequest request, long index, Kept message) {
        kept.put(new Thing(request, index), message);
    }

    private static long guestAddress(byte[] region) {
        return MemoryCommands.guestAddress(ByteBuffer.wrap(region).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static Kept of(VhostUserRequest request, byte[] payload, int[] names) {
        return new Kept(VhostUserHeader.message(request, payload), names);
    }

    private static VhostUserRequest request(byte[] message) {
        VhostUserRequest request = VhostUserRequest.of(
                ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(0));
        if (request == null) {
            throw new IllegalArgumentException("no request");
        }
        return request;
    }

    private static ByteBuffer payload(byte[] message) {
        return ByteBuffer.wrap(message, PAYLOAD, message.length - PAYLOAD)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer payload) {
        byte[] bytes = new byte[payload.capacity()];
        payload.get(0, bytes);
        return bytes;
    }

    /** Forgets all. */
    void clear() {
        kept.clear();
    }

    /** The messages in the order in which they are carried out again. */
    Iterator<Kept> inOrder() {
        return kept.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<Thing, Kept> each) ->
                                ORDER.indexOf(each.getKey().request()))
                        .thenComparingLong(each -> each.getKey().index()))
                .map(Map.Entry::getValue)
                .toList()
                .iterator();
    }

    /** Names of all descriptors. */
    Set<Integer> names() {
        Set<Integer> names = new HashSet<>();
        for (Kept each : kept.values()) {
            IntStream.of(each.names()).forEach(names::add);
        }
        return names;
    }

    /**
     * All of it as bytes, with what else must be known of the connection.
     *
     * @param connection name of the connection's own descriptor
     * @param underWay the message that is being carried out, or null
     */
    byte[] encode(int connection, @Nullable Kept underWay) {
        Encoder out = new Encoder();
        out.u32(connection);
        out.u32(underWay == null ? 0 : 1);
        if (underWay != null) {
            out.message(underWay);
        }
        out.u32(kept.size());
        inOrder().forEachRemaining(out::message);
        return out.bytes.toByteArray();
    }

    /** What {@link #encode} has made. */
    record Decoded(int connection, @Nullable Kept underWay, KeptMessages messages) {}

    /**
     * The opposite of {@link #encode}.
     *
     * @throws IllegalArgumentException if these bytes are something else
     */
    static Decoded decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int connection = in.getInt();
            Kept underWay = in.getInt() == 0 ? null : message(in);
            KeptMessages messages = new KeptMessages();
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                Kept each = message(in);
                messages.put(request(each.bytes()), messages.kept.size(), each);
            }
            return new Decoded(connection, underWay, messages.byThing());
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a connection's record is too short", e);
        }
    }

    /** The same with each under the thing that it sets. */
    private KeptMessages byThing() {
        KeptMessages all = new KeptMessages();
        List<Kept> messages = new ArrayList<>();
        inOrder().forEachRemaining(messages::add);
        Kept none = new Kept(new byte[0], new int[0]);
        messages.forEach(each -> all.carriedOut(each, none));
        return all;
    }

    private static Kept message(ByteBuffer in) {
        int length = in.getShort();
        int count = in.getShort();
        if (length < PAYLOAD || length > VhostUserHeader.MOST_LENGTH || count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a kept message has " + length + " bytes, " + count + " descriptors");
        }
        int[] names = new int[count];
        for (int i = 0; i < count; i++) {
            names[i] = in.getInt();
        }
        byte[] message = new byte[length];
        in.get(message);
        VhostUserRequest request = request(message);
        boolean fits = keepsDescriptors(request) ? request.mayHaveFds(count) : count == 0;
        if (!request.mayHaveLength(length - PAYLOAD) || !fits) {
            throw new IllegalArgumentException(
                    "a kept " + request + " has " + length + " bytes, " + count + " descriptors");
        }
        return new Kept(message, names);
    }

    /** Bytes being made. */
    private static final class Encoder {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void message(Kept message) {
            u16(message.bytes().length);
            u16(message.names().length);
            for (int name : message.names()) {
                u32(name);
            }
            bytes.writeBytes(message.bytes());
        }

        void u16(int value) {
            bytes.write(value);
            bytes.write(value >> 8);
        }

        void u32(int value) {
            u16(value);
            u16(value >> 16);
        }
    }
}
