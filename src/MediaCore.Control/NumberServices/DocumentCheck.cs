using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;

namespace MediaCore.Control.NumberServices;

/// <summary>Says what is wrong with a document that is to be in force: nothing when it is right.</summary>
/// <param name="scope">The tenant, whose things it may refer to.</param>
/// <param name="owner">The plan or menu that it is of.</param>
/// <param name="document">The document, a JSON object.</param>
/// <param name="cancellationToken">Ends the work.</param>
public delegate Task<IReadOnlyList<DocumentError>> DocumentCheck(TenantScope scope, Guid owner, string document, CancellationToken cancellationToken);
