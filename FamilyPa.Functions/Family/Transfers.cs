using FamilyPa.Core.Transfer;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Family;

/// <summary>Requests and responses of exports and imports, for owners and operators alike.</summary>
internal static class Transfers
{
    private const int LargestFile = 5 * 1024 * 1024;

    /// <param name="export">Returns null for an unknown family.</param>
    public static async Task<IResult> ExportAsync(HttpRequest request, Func<string, Task<ExportFile?>> export)
    {
        var fields = Fields.Of(request.Query);
        var format = fields.Choice("format", FamilyExport.Formats) ?? "json";
        if (fields.Wrong() is { } wrong)
            return Wrong(request.HttpContext, "The query is invalid.", wrong);
        return await export(format) is { } file ? Results.File(file.Content, file.ContentType, file.Name) : Unknown(request.HttpContext);
    }

    /// <param name="import">Takes the file, whether it is CSV, and whether it is a dry run; returns null for an unknown family.</param>
    public static async Task<IResult> ImportAsync(HttpRequest request, Func<byte[], bool, bool, Task<ImportResult?>> import, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var fields = Fields.Of(request.Query);
        var isDryRun = fields.Flag("dry_run");
        if (fields.Wrong() is { } wrong)
            return Wrong(http, "The query is invalid.", wrong);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType.Value is not ("application/json" or "text/csv"))
            return Problem.Of(http, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send application/json or text/csv.");
        if (await Body.ReadAsync(request, LargestFile, cancellation) is not { } file)
            return Problem.Of(http, StatusCodes.Status413PayloadTooLarge, "payload_too_large", $"Send at most {LargestFile / 1024 / 1024} MiB.");
        try
        {
            return await import(file, type.MediaType.Value == "text/csv", isDryRun) is { } result ? Json.Answer(result) : Unknown(http);
        }
        catch (TransferFormatException e)
        {
            return Wrong(http, e.Message, null);
        }
        catch (InvalidRowsException e)
        {
            return Wrong(http, "Nothing is imported, because rows are invalid.", e.Rows);
        }
    }

    private static IResult Wrong(HttpContext http, string detail, IDictionary<string, string[]>? errors) =>
        Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", detail, errors);

    private static IResult Unknown(HttpContext http) => Problem.Of(http, StatusCodes.Status404NotFound, "unknown_family", "There is no such family.");
}
