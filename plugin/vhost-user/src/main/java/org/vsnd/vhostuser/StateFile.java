// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.file.Path;

/**
 * Where a card keeps what another process must know to go on with its guest.
 *
 * @param path a file of some 130 KiB for one card, made if it is not there
 * @param asked whether somebody has asked for it: then the card is not served without
 */
public record StateFile(Path path, boolean asked) {}
