// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.server.ConnectionKeeper;
import org.vsnd.server.DescriptorStore;
import org.vsnd.server.Message;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;

/**
 * Keeps a front end's connection beyond this process: descriptors with the service manager, and the messages that have made the
 * connection what it is in the state file. A descriptor is stored before the record names it, and removed after the record names
 * it no more, so what the record names is there; the rest is removed by the next process. Device thread only.
 */
final class VhostKeeper implements ConnectionKeeper, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VhostKeeper.class.getName());
    private static final int NO_NAME = 0;
    private static final int NO_FD = -1;
    /** A second, since each is followed by a pause. */
    private static final int MOST_REFUSALS = 1000;

    /** No card fills the store, which is all cards': four rings, a record of them, a log, and some 30 files of memory. */
    static final int MOST_STORED = 48;

    private static final KeptMessages.Kept NOTHING = new KeptMessages.Kept(new byte[0], new int[0]);

    private final KeptState state;
    private final DescriptorStore store;
    private final RateLimitedLog log;
    private final String prefix;
    private final KeptMessages messages = new KeptMessages();
    /** Our own copy of each descriptor that is stored, by its name: a descriptor that comes twice is stored once. */
    private final TreeMap<Integer, Integer> copies = new TreeMap<>();

    private int connection = NO_NAME;
    private KeptMessages.@Nullable Kept underWay;
    private Iterator<KeptMessages.Kept> again = messages.inOrder();
    /** This connection cannot be kept. */
    private boolean givenUp;
    /** How often the service manager had no room for a message, one after the other. */
    private int refusals;
    /** What is left to be done for the message that is to be kept; null if there is none. */
    private @Nullable Keeping keeping;

    /** A message on its way into the store. */
    private static final class Keeping {
        private final int[] names;
        private int done;

        Keeping(int descriptors) {
            names = new int[descriptors];
        }
    }

    VhostKeeper(KeptState state, DescriptorStore store, String prefix, RateLimitedLog log) {
        this.state = state;
        this.store = store;
        this.prefix = prefix;
        this.log = log;
    }

    /** With this begin the names of all descriptors that a state file's connection has. */
    static String prefix(KeptState state, String managersPrefix) {
        return managersPrefix + Long.toHexString(state.id()) + "-";
    }

    private String text(int name) {
        return prefix + name;
    }

    @Override
    public int connection() {
        byte[] record = state.connection().read();
        Set<String> left = store.left();
        try {
            if (record != null) {
                return takeOver(KeptMessages.decode(record), left);
            }
        } catch (IllegalArgumentException | ErrnoException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the client of the process before is dropped: what was kept of it does not fit: " + e.getMessage());
        }
        forget();
        return NO_FD;
    }

    private int takeOver(KeptMessages.Decoded record, Set<String> left) throws ErrnoException {
        Set<Integer> wanted = record.messages().names();
        wanted.add(record.connection());
        KeptMessages.Kept unfinished = record.underWay();
        if (unfinished != null) {
            for (int name : unfinished.names()) {
                wanted.add(name);
            }
        }
        long missing =
                wanted.stream().filter(name -> !left.contains(text(name))).count();
        if (missing > 0) {
            throw new IllegalArgumentException("the service manager has not kept " + missing + " of its "
                    + wanted.size() + " descriptors: FileDescriptorStoreMax= must allow " + wanted.size()
                    + " for each card");
        }
        for (int name : wanted) {
            copies.put(name, store.take(text(name)));
        }
        removeLeft();
        connection = record.connection();
        underWay = unfinished;
        messages.clear();
        again = record.messages().inOrder();
        int fd = FileDescriptors.duplicate(copy(connection));
        LOG.log(
                System.Logger.Level.INFO,
                "going on with the client of the process before: " + wanted.size() + " descriptors were kept");
        return fd;
    }

    private int copy(int name) {
        return Objects.requireNonNull(copies.get(name), "a stored descriptor");
    }

    @Override
    public boolean next(Message into) {
        if (!again.hasNext()) {
            return false;
        }
        KeptMessages.Kept message = again.next();
        messages.carriedOut(message, NOTHING);
        load(into, message);
        return true;
    }

    @Override
    public boolean underWay(Message into) {
        KeptMessages.Kept message = underWay;
        if (message == null) {
            return false;
        }
        load(into, message);
        return true;
    }

    private void load(Message into, KeptMessages.Kept message) {
        int[] fds = new int[message.names().length];
        try {
            for (int i = 0; i < fds.length; i++) {
                fds[i] = FileDescriptors.duplicate(copy(message.names()[i]));
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
        into.load(message.bytes(), fds);
    }

    @Override
    public boolean keep(int connectionFd, Message message) {
        if (givenUp) {
            return true;
        }
        try {
            if (keepAll(connectionFd, message)) {
                refusals = 0;
                return true;
            }
            refusals++;
            if (refusals > MOST_REFUSALS) {
                giveUp("the service manager has no time for it");
            }
            return givenUp;
        } catch (ErrnoException e) {
            giveUp(String.valueOf(e.getMessage()));
            return true;
        }
    }

    private boolean keepAll(int connectionFd, Message message) throws ErrnoException {
        if (connection == NO_NAME) {
            int name = store(connectionFd);
            if (name == NO_NAME) {
                return false;
            }
            connection = name;
            log.info(() -> "the service manager keeps this client's connection for the next process");
        }
        VhostUserRequest request = Objects.requireNonNull(VhostUserHeader.request(message));
        Keeping all = keeping;
        if (all == null) {
            all = new Keeping(
                    KeptMessages.keepsDescriptors(request) ? message.fds().count() : 0);
            keeping = all;
        }
        while (all.done < all.names.length) {
            int name = store(message.fds().get(all.done));
            if (name == NO_NAME) {
                return false;
            }
            all.names[all.done] = name;
            all.done++;
        }
        keeping = null;
        underWay = new KeptMessages.Kept(message.whole(), all.names);
        write();
        return true;
    }

    /** Stores a descriptor, unless it is there; returns its name, or {@link #NO_NAME} if the manager has no room now. */
    private int store(int fd) throws ErrnoException {
        for (Map.Entry<Integer, Integer> each : copies.entrySet()) {
            if (FileDescriptors.sameOpenFile(fd, each.getValue())) {
                return each.getKey();
            }
        }
        if (copies.size() >= MOST_STORED) {
            throw new ErrnoException("more than " + MOST_STORED + " descriptors belong to it", Errno.EMFILE);
        }
        int name = state.nextNumber();
        if (!store.store(text(name), fd)) {
            return NO_NAME;
        }
        copies.put(name, FileDescriptors.duplicate(fd));
        return name;
    }

    private void write() {
        byte[] record = messages.encode(connection, underWay);
        if (state.connection().hasRoomFor(record.length)) {
            state.connection().write(record);
        } else {
            giveUp("there is no room for all that it has set");
        }
    }

    @Override
    public void carriedOut(Reply reply) {
        KeptMessages.Kept done = underWay;
        if (givenUp || done == null) {
            return;
        }
        underWay = null;
        try {
            if (reply.errno() == 0) {
                messages.carriedOut(done, kept(done, reply));
            }
            write();
        } catch (ErrnoException e) {
            giveUp(String.valueOf(e.getMessage()));
        }
        dropUnused();
    }

    private KeptMessages.Kept kept(KeptMessages.Kept message, Reply reply) throws ErrnoException {
        byte[] payload = new byte[reply.payloadLength()];
        reply.bytes().get(VhostUserHeader.LENGTH, payload);
        if (!reply.hasDescriptor() || !KeptMessages.keepsReplysDescriptor(message)) {
            return new KeptMessages.Kept(payload, new int[0]);
        }
        int name = store(reply.descriptor());
        if (name == NO_NAME) {
            throw new ErrnoException("the service manager has no time for it", Errno.EAGAIN);
        }
        return new KeptMessages.Kept(payload, new int[] {name});
    }

    private void dropUnused() {
        Set<Integer> used = new HashSet<>(messages.names());
        used.add(connection);
        for (Integer name : List.copyOf(copies.keySet())) {
            if (!used.contains(name)) {
                remove(name);
            }
        }
    }

    private void remove(Integer name) {
        FileDescriptors.close(Objects.requireNonNull(copies.remove(name)));
        store.remove(text(name));
    }

    @Override
    public void notBegun() {
        underWay = null;
        write();
        dropUnused();
    }

    private void giveUp(String why) {
        log.warn(() -> "this client's connection ends with this process, its machine then loses the card: " + why);
        forget();
        givenUp = true;
    }

    @Override
    public void forget() {
        state.connection().clear();
        removeLeft();
        for (Integer name : List.copyOf(copies.keySet())) {
            remove(name);
        }
        messages.clear();
        connection = NO_NAME;
        underWay = null;
        keeping = null;
        refusals = 0;
        again = messages.inOrder();
        givenUp = false;
    }

    private void removeLeft() {
        for (String name : new ArrayList<>(store.left())) {
            FileDescriptors.close(store.take(name));
            store.remove(name);
        }
    }

    /** This process ends; what is kept stays. */
    @Override
    public void close() {
        if (connection != NO_NAME) {
            LOG.log(System.Logger.Level.INFO, "the client's connection stays with the service manager");
        }
        copies.values().forEach(FileDescriptors::close);
        copies.clear();
        store.close();
    }
}
