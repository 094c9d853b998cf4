import Optimizers
import Tensors

/// What training changes: the parameters and the optimizer's slots, each one flat vector, and how often they were updated.
///
/// The training thread owns it. Workers read all of the parameters in the gradient phase and write disjoint slices of everything in the
/// reduce phase.
final class ModelState {
  /// The flat parameter vector.
  let parameters: Storage<Float>
  /// One vector for each of the optimizer's slots, laid out like the parameters; all start at zero.
  let slots: [Storage<Float>]
  /// Updates done.
  var step = 0

  init(parameterCount: Int, slotCount: Int) {
    parameters = Storage(count: parameterCount)
    slots = (0..<slotCount).map { _ in Storage(count: parameterCount) }
  }

  /// The slots, for the reduce phase.
  var slotViews: SlotViews {
    var views = SlotViews()
    for slot in slots { views.append(slot.mutableView) }
    return views
  }
}
