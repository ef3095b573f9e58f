// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.serve.Front;

/**
 * A QEMU and the way in which it attaches the card.
 *
 * @param qemu has the model of that front's card
 * @param front how the card is to be served to it
 */
public record AttachingQemu(Qemu qemu, Front front) {
    /**
     * What the operator wants.
     *
     * @param program a QEMU, or null for the best there is
     * @param front how it is to attach the card, or null for either
     */
    public record Wish(@Nullable String program, @Nullable Front front) {
        /** No wish at all. */
        public static final Wish ANY = new Wish(null, null);

        /** The front to use with one that has these; the card's own PCI function first. */
        Optional<Front> among(Set<Front> fronts) {
            return Stream.of(Front.values())
                    .filter(fronts::contains)
                    .filter(each -> front == null || each == front)
                    .findFirst();
        }
    }

    /**
     * The operator's QEMU; else the system's if it can attach the card; else the cache folder's, unpacked now if need
     * be.
     *
     * @throws BootException a sentence that says what to do
     */
    public static AttachingQemu choose(Wish wish, CacheFolder cache, Progress progress) throws BootException {
        if (wish.program() != null) {
            return chosen(Qemu.installed(wish.program()), wish);
        }
        Qemu system = Qemu.system();
        Optional<Front> front = wish.among(system.fronts());
        if (front.isPresent()) {
            return new AttachingQemu(system, front.get());
        }
        if (!cache.has(Qemu.CACHED)) {
            progress.step((system.exists() ? system.origin() + " cannot attach the card" : "this system has no QEMU")
                    + (wish.front() == null ? "" : " by " + wish.front())
                    + ": one is fetched");
        }
        return chosen(Qemu.cached(cache, progress), wish);
    }

    private static AttachingQemu chosen(Qemu qemu, Wish wish) throws BootException {
        if (!qemu.exists()) {
            throw new BootException(
                    "there is no program " + qemu.origin() + ": give --qemu the path of QEMU, or leave" + " it out");
        }
        Set<Front> fronts = qemu.fronts();
        return new AttachingQemu(
                qemu, wish.among(fronts).orElseThrow(() -> new BootException(lack(qemu, fronts, wish))));
    }

    private static String lack(Qemu qemu, Set<Front> fronts, Wish wish) {
        if (wish.front() != null && !fronts.isEmpty()) {
            return qemu.origin() + " attaches the card by " + listed(fronts)
                    + " only: leave out --attach, or give --qemu" + " another one";
        }
        return qemu.origin() + " has neither " + QemuCard.model(Front.VFIO_USER) + " (QEMU 10.1) nor "
                + QemuCard.model(Front.VHOST_USER)
                + " (QEMU 9.0), or does not run: give --qemu another one, or leave it"
                + " out";
    }

    private static String listed(Set<Front> fronts) {
        return fronts.stream().map(Front::protocol).collect(Collectors.joining(" and "));
    }
}
