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
            // What is no id names no picture, and is looked up all the same: the database checks the session.
            await pictures.OpenAsync(
                member, Guid.TryParse(taskId, out var task) ? task : Guid.Empty,
                int.TryParse(ordinal, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1, cancellation) is { } picture
                ? Results.Stream(picture, PictureScaler.ContentType)
                : Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_picture", "There is no such picture."));
}
