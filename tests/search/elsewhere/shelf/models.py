from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=80)
    text = models.TextField()
    shelf = models.CharField(max_length=20)
    pages = models.IntegerField(null=True)
    is_public = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.title
