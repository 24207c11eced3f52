using System.Globalization;
using FamilyPa.Core.Media;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

public sealed class PictureFunctions(MemberAuthentication authentication, FamilyPictures pictures)
{
    /// <summary>A picture that a task came from, as it was read: scaled, and without its metadata.</summary>
    [Function("TaskPictureRead")]
    public Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks/{taskId}/pictures/{ordinal}")] HttpRequest request,
        string taskId,
        string ordinal,
        CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            // An invalid id is looked up too, because the database checks the session.
            if (await pictures.OpenAsync(
                member, RouteId.Of(taskId),
                int.TryParse(ordinal, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1, cancellation) is not { } picture)
                return Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_picture", "There is no such picture.");
            // It never changes, and another session does not get what this one kept.
            request.HttpContext.Response.Headers.CacheControl = "private, max-age=3600";
            request.HttpContext.Response.Headers.Vary = "Cookie, Authorization";
            return Results.Stream(picture, PictureScaler.ContentType);
        });
}
