using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Transfer;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

/// <summary>Export and import of the requesting owner's family. The audit log records both.</summary>
public sealed class TransferFunctions(MemberAuthentication authentication, TransferAccess access, FamilyExport export, TaskImport import)
{
    [Function("FamilyExport")]
    public Task<IResult> Export(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/family/export")] HttpRequest request, CancellationToken cancellation) =>
        ForOwnerAsync(request, (family, member) => Transfers.ExportAsync(request, format => export.ReadAsync(family, format, ActorOf(member, request), cancellation)), cancellation);

    [Function("FamilyImport")]
    public Task<IResult> Import(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/family/import")] HttpRequest request, CancellationToken cancellation) =>
        ForOwnerAsync(
            request, (family, member) => Transfers.ImportAsync(
                request, (file, isCsv, isDryRun) => import.RunAsync(family, member.UserId, file, isCsv, isDryRun, ActorOf(member, request), cancellation), cancellation), cancellation);

    private static Actor ActorOf(Identity owner, HttpRequest request) => new($"owner:{owner.UserId}", request.HttpContext.TraceIdentifier);

    private Task<IResult> ForOwnerAsync(HttpRequest request, Func<Guid, Identity, Task<IResult>> act, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            try
            {
                return await access.FamilyOfOwnerAsync(member, cancellation) is { } family
                    ? await act(family, member)
                    : Problem.Of(request.HttpContext, StatusCodes.Status403Forbidden, "not_allowed", "Only an owner may do this.");
            }
            catch (TooManyTriesException)
            {
                return Problem.TooMany(request.HttpContext, "too_many_transfers", 600);
            }
        });
}
