using FamilyPa.Core.Transfer;
using FamilyPa.Functions.Family;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

/// <summary>Export and import of any family, for operators. The audit log records both.</summary>
public sealed class AdminTransferFunctions(FamilyExport export, TaskImport import)
{
    [Function("AdminExportFamily")]
    public Task<IResult> Export(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/families/{familyId}/export")] HttpRequest request,
        string familyId,
        CancellationToken cancellation) =>
        Transfers.ExportAsync(request, format => export.ReadAsync(RouteId.Of(familyId), format, request.HttpContext.Actor(), cancellation));

    [Function("AdminImportTasks")]
    public Task<IResult> Import(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/families/{familyId}/import")] HttpRequest request,
        string familyId,
        CancellationToken cancellation) =>
        Transfers.ImportAsync(
            request, (file, isCsv, isDryRun) => import.RunAsync(RouteId.Of(familyId), null, file, isCsv, isDryRun, request.HttpContext.Actor(), cancellation), cancellation);
}
