"""The addresses of ``django_server``: Django reads them once it is set up."""

from django.urls import include, path

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
